import type { CongestionEntry } from "../../baselines/congestion/types.ts";
import { type KnobValues, startValues } from "../../baselines/knobs.ts";
import { type Acknowledgement, QueuePairTable } from "../../kernel/congestion/queue_pair_table.ts";
import type { RateControl } from "../../kernel/congestion/rate_control.ts";
import type { CongestionView } from "../../kernel/congestion/view.ts";

/** Line rate of the table's queue pairs, 100 Gb/s, and their base round trip: 50,000 bytes flow without a queue. */
export const LINE = 12.5;
export const BASE = 4000;

/** Telemetry of one hop. */
export interface Stamp {
  queue: number;
  sent: number;
  time: number;
}

/** A table of queue pairs through one switch, in packets of 1,000 bytes, of which each has sent and got nothing. */
export function congestionTable(queuePairs = 4): QueuePairTable {
  const table = new QueuePairTable();
  table.grow(queuePairs);
  table.count = queuePairs;
  table.chunk = 1000;
  table.line.fill(LINE);
  table.base.fill(BASE);
  table.hops.fill(2);
  table.remaining.fill(1e9);
  table.sharers.fill(1);
  table.active.fill(1);
  return table;
}

/** The program of an entry, on a table. */
export function runProgram(entry: CongestionEntry, values: KnobValues = {}, table = congestionTable()): ProgramRun {
  const heuristic = entry.create({ ...startValues(entry.knobs), ...values });
  const { program } = heuristic.decide(null as unknown as CongestionView);
  const copy = program!.fork(table);
  copy.reset(table);
  return new ProgramRun(copy, table);
}

/** A program and the table it sees. */
export class ProgramRun {
  readonly program: RateControl;
  readonly table: QueuePairTable;

  constructor(program: RateControl, table: QueuePairTable) {
    this.program = program;
    this.table = table;
  }

  /** Queue pair 0 begins and sends `sent` bytes. */
  begin(sent = 50_000): this {
    this.program.begin(0);
    this.table.sent[0] = sent;
    return this;
  }

  /** Queue pair 0 hears of the next packet of 1,000 bytes. */
  hear(now: number, ack: Partial<Acknowledgement> & { stamp?: Stamp } = {}): void {
    const { table } = this;
    const { stamp, ...rest } = ack;
    table.now = now;
    const bytes = rest.bytes ?? 1000;
    table.acked[0] = rest.sequence ?? table.acked[0] + bytes;
    const plain = {
      bytes,
      packets: bytes / 1000,
      rtt: BASE,
      marked: 0,
      ackedAtSend: 0,
      hops: stamp === undefined ? 0 : 1,
    };
    Object.assign(table.ack, plain, { sequence: table.acked[0] }, rest);
    table.ack.sentAt = now - table.ack.rtt;
    if (stamp !== undefined) {
      table.ack.queue[0] = stamp.queue;
      table.ack.sent[0] = stamp.sent;
      table.ack.time[0] = stamp.time;
      table.ack.rate[0] = LINE;
    }
    this.program.acknowledge(0);
  }

  /** The rate of queue pair 0, bytes per ns, without what its timers did since. */
  get rate(): number {
    return this.table.rate[0];
  }

  /** Its rate when a packet is sent at `now`. */
  rateAt(now: number): number {
    this.table.now = now;
    this.program.beforeSend(0);
    return this.table.rate[0];
  }

  /** Its window, bytes. */
  get window(): number {
    return this.table.window[0];
  }
}
