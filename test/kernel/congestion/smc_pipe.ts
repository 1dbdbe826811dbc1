import { DEFAULT_SMC_SETTINGS } from "../../../kernel/congestion/smc/constants.ts";
import { SmcSource } from "../../../kernel/congestion/smc/smc_source.ts";
import type { SmcConnection, SmcRequest, SmcSettings, SmcTraffic } from "../../../kernel/congestion/smc/traffic.ts";
import type { TrafficSource, Transport } from "../../../kernel/congestion/transport.ts";

type What = "delivered" | "completed" | "timer";

interface PipeEvent {
  time: number;
  order: number;
  what: What;
  token: number;
}

/** A connection of a pipe. */
export interface Wire {
  readonly src: number;
  readonly dst: number;
  readonly tcp: boolean;
  /** Time until which it sends its current bytes. */
  free: number;
  posts: number;
  bytes: number;
}

/** A transport whose connections each have their own rate and delay and do not share anything. */
export class Pipe implements Transport {
  now = 0;
  wires: Wire[] = [];
  /** Requests in the order in which they finished. */
  finishedRequests: number[] = [];
  /** The events so far, one line each. */
  log: string[] = [];
  #events: PipeEvent[] = [];
  #order = 0;
  readonly rate: number;
  readonly delay: number;

  /** @param delay ns in one direction */
  constructor(rate = 12.5, delay = 2000) {
    this.rate = rate;
    this.delay = delay;
  }

  open(src: number, dst: number, tcp: boolean): number {
    return this.wires.push({ src, dst, tcp, free: 0, posts: 0, bytes: 0 }) - 1;
  }

  post(connection: number, bytes: number, token: number): void {
    if (!(Number.isSafeInteger(bytes) && bytes >= 1)) throw new Error(`posted ${bytes} bytes`);
    const wire = this.wires[connection];
    wire.posts++;
    wire.bytes += bytes;
    wire.free = Math.max(this.now, wire.free) + bytes / this.rate;
    this.#add(wire.free + this.delay, "delivered", token);
    this.#add(wire.free + 2 * this.delay, "completed", token);
  }

  at(time: number, token: number): void {
    if (!(time >= this.now)) throw new Error(`timer at ${time}, now is ${this.now}`);
    this.#add(time, "timer", token);
  }

  finished(request: number): void {
    this.finishedRequests.push(request);
    this.log.push(`${this.now} request ${request} done`);
  }

  /** Handles at most `events` events before time `until`, and calls `after` after each. */
  run(source: TrafficSource, { until = 1e12, events = Number.POSITIVE_INFINITY, after = () => {} } = {}): void {
    for (let played = 0; played < events && this.#events.length > 0 && this.#events[0].time <= until; played++) {
      const { time, what, token } = this.#events.shift()!;
      this.now = time;
      this.log.push(`${time} ${what} ${token}`);
      source[what](token);
      after();
    }
  }

  fork(): Pipe {
    const copy = new Pipe(this.rate, this.delay);
    copy.now = this.now;
    copy.wires = structuredClone(this.wires);
    copy.finishedRequests = this.finishedRequests.slice();
    copy.#events = structuredClone(this.#events);
    copy.#order = this.#order;
    return copy;
  }

  #add(time: number, what: What, token: number): void {
    const event = { time, order: this.#order++, what, token };
    let at = this.#events.length;
    while (at > 0 && this.#events[at - 1].time > time) at--;
    this.#events.splice(at, 0, event);
  }
}

/** A socket between hosts 0 and 1 over SMC-R whose applications read at once, changed by `details`. */
export function socket(details: Partial<SmcConnection> = {}): SmcConnection {
  return { client: 0, server: 1, transport: "smc-r", readDelayNs: 0, ...details };
}

/** A stream of 1 MB from client to server of the first socket at time 0, changed by `details`. */
export function request(details: Partial<SmcRequest> = {}): SmcRequest {
  return { connection: 0, start: 0, requestBytes: 1_000_000, responseBytes: 0, serviceNs: 0, ...details };
}

/** Traffic with Linux's settings and one link, changed by the given settings. */
export function traffic(
  connections: readonly SmcConnection[],
  requests: readonly SmcRequest[],
  settings: Partial<SmcSettings> = {},
): SmcTraffic {
  return { connections, requests, settings: { ...DEFAULT_SMC_SETTINGS, links: 1, ...settings } };
}

/** Plays traffic on a pipe and checks the invariants after every event. */
export function play(what: SmcTraffic, { pipe = new Pipe(), until = 1e12 } = {}): { source: SmcSource; pipe: Pipe } {
  const source = new SmcSource(what);
  source.start(pipe);
  source.checkInvariants();
  pipe.run(source, { until, after: () => source.checkInvariants() });
  return { source, pipe };
}
