import { DEFAULT_SMC_SETTINGS } from "../../../kernel/congestion/smc/constants.ts";
import type { SmcConnection, SmcRequest, SmcSettings, SmcTraffic } from "../../../kernel/congestion/smc/traffic.ts";
import { fromGbps } from "../../../kernel/congestion/units.ts";
import { drawLogarithmic, type EpisodeDraw, type Range } from "../episode_draw.ts";

/** Delay until an application reads, ns. Source: choice, a poll or a wake-up. */
const READ_DELAY_NS: Range = [500, 3000];

/** Time that a server takes for a request, ns. Source: choice, a key-value store in memory. */
const SERVICE_NS: Range = [1000, 10_000];

/** Bytes of a request and of a response. Source: choice, from a small object to the send buffer. */
const BYTES: Range = [1024, 64 * 1024];

export interface SmcRequestOptions {
  /** Each client talks to one server: client i to server i modulo the number of servers. */
  clients: readonly number[];
  servers: readonly number[];
  /** Sockets of each client; they share a link group. */
  sockets: number;
  /** Sockets of each client that have fallen back to TCP. Default: none. */
  tcp?: number;
  /** Additional sockets between two programs on each server. Default: none. */
  local?: number;
  /** Load of the network requests, as a share of each server's link; responses add the same load. */
  load: number;
  /** Time span in which requests are written, ns. */
  durationNs: number;
  /** Settings that differ from Linux's. */
  settings?: Partial<SmcSettings>;
}

/** Sockets on which clients write requests at random (Poisson) and servers answer them. */
export function smcRequests(draw: EpisodeDraw, options: SmcRequestOptions): SmcTraffic {
  const { clients, servers, sockets, tcp = 0, local = 0, load, durationNs, settings } = options;
  const delays = draw.stream("read-delay");
  const connections: SmcConnection[] = [];
  const connect = (client: number, server: number, transport: SmcConnection["transport"]): void => {
    const readDelayNs = Math.round(delays.uniform(...READ_DELAY_NS));
    connections.push({ client, server, transport, readDelayNs });
  };
  clients.forEach((client, i) => {
    for (let k = 0; k < sockets; k++) connect(client, servers[i % servers.length], k < tcp ? "tcp" : "smc-r");
  });
  const remote = connections.length;
  for (const server of servers) for (let k = 0; k < local; k++) connect(server, server, "smc-d");

  const [least, greatest] = BYTES;
  const mean = (greatest - least) / Math.log(greatest / least);
  const perNs = (load * fromGbps(draw.gbps) * servers.length) / mean;
  // Sockets within a machine are as busy as the others.
  const meanGapNs = remote / (perNs * connections.length);
  const random = draw.stream("requests");
  const requests: SmcRequest[] = [];
  for (let time = 0; time < durationNs; time += meanGapNs * random.exponential()) {
    requests.push({
      connection: random.integer(connections.length),
      start: Math.floor(time),
      requestBytes: drawLogarithmic(BYTES, random),
      responseBytes: drawLogarithmic(BYTES, random),
      serviceNs: Math.round(random.uniform(...SERVICE_NS)),
    });
  }
  return { connections, requests, settings: { ...DEFAULT_SMC_SETTINGS, ...settings } };
}
