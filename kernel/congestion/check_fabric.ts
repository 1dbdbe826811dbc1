import { InvariantError } from "../subsystem.ts";
import type { Fabric } from "./fabric.ts";
import {
  FREE,
  GENERATION,
  INGRESS,
  NEXT,
  OWNER,
  PAYLOAD,
  type Packets,
  PLACE,
  QUEUED,
  WHOLE,
  WIRE,
} from "./packets.ts";
import type { Paths } from "./paths.ts";
import type { QueuePairTable } from "./queue_pair_table.ts";
import type { CongestionScenario } from "./scenario.ts";

/**
 * Throws an InvariantError that names the first conservation law that does not hold. The bytes of every queue pair, of
 * every queue and of every switch's buffer must add up exactly; a lossless fabric must drop nothing; no link may send
 * faster than its rate.
 */
export function checkFabric(
  { workload: { topology }, lossless }: CongestionScenario,
  table: QueuePairTable,
  paths: Paths,
  packets: Packets,
  fabric: Fabric,
): void {
  const travelling = new Float64Array(table.count);
  const queued = new Float64Array(topology.rate.length);
  const used = new Float64Array(topology.nodes);
  const arrived = new Float64Array(topology.rate.length);
  const { whole } = packets;
  for (let packet = 0; packet < packets.used; packet++) {
    const at = packet * WHOLE;
    if (whole[at + PLACE] === FREE) continue;
    const queuePair = whole[at + OWNER];
    if (whole[at + GENERATION] === paths.generation[queuePair]) travelling[queuePair] += whole[at + PAYLOAD];
    if (whole[at + PLACE] !== QUEUED) continue;
    const path = topology.from[whole[at + INGRESS]];
    if (path < 0) throw new InvariantError(`packet ${packet} is queued but came in by no link`);
    arrived[whole[at + INGRESS]] += whole[at + WIRE];
    used[topology.to[whole[at + INGRESS]]] += whole[at + WIRE];
  }
  for (let link = 0; link < fabric.head.length; link++) {
    for (let packet = fabric.head[link]; packet >= 0; packet = whole[packet * WHOLE + NEXT])
      queued[link] += whole[packet * WHOLE + WIRE];
    equal(`bytes queued for link ${link}`, fabric.queued[link], queued[link]);
    const most = table.now * topology.rate[link] + topology.rate[link] * (fabric.busyUntil[link] - table.now);
    if (fabric.sent[link] > Math.max(0, most) + 1e-3 * (1 + fabric.sent[link] * 1e-6)) {
      throw new InvariantError(`link ${link} has sent ${fabric.sent[link]} bytes, but its rate allows at most ${most}`);
    }
    if (lossless) {
      const { held, headroom } = fabric.flowControl;
      equal(`bytes that came in by link ${link}`, held[link] + headroom[link], arrived[link]);
    }
  }
  for (let node = 0; node < topology.nodes; node++) {
    equal(`bytes in switch ${node}`, fabric.flowControl.used[node], used[node]);
  }
  for (let queuePair = 0; queuePair < table.count; queuePair++) {
    if (table.active[queuePair] === 0) continue;
    equal(
      `bytes of queue pair ${queuePair} on the way`,
      paths.launched[queuePair] - paths.ended[queuePair],
      travelling[queuePair],
    );
    if (!(table.acked[queuePair] <= table.sent[queuePair])) {
      throw new InvariantError(
        `queue pair ${queuePair} has ${table.acked[queuePair]} bytes acknowledged, but only ${table.sent[queuePair]} sent`,
      );
    }
    if (!(table.rate[queuePair] > 0 && table.rate[queuePair] <= table.line[queuePair])) {
      throw new InvariantError(
        `queue pair ${queuePair} must have a rate above 0 and at most ${table.line[queuePair]}, got ${table.rate[queuePair]}`,
      );
    }
  }
  if (lossless && fabric.drops > 0) throw new InvariantError(`${fabric.drops} packets dropped on a lossless fabric`);
}

function equal(what: string, counted: number, found: number): void {
  if (counted !== found) throw new InvariantError(`${what}: ${counted} counted, ${found} found`);
}
