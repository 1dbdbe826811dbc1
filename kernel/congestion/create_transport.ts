import type { Connections } from "./connections.ts";
import type { CostLedger } from "./cost.ts";
import type { EventWheel } from "./event_wheel.ts";
import { KINDS, TIMER } from "./events.ts";
import type { Messages } from "./messages.ts";
import type { Transport } from "./transport.ts";

/**
 * The parts that a transport works on. Messages and ledger are functions because a run creates them after the
 * transport.
 */
export interface TransportParts {
  readonly wheel: EventWheel;
  readonly connections: Connections;
  messages(): Messages;
  ledger(): CostLedger;
  post(connection: number, bytes: number, token: number): void;
}

/** Creates the transport: the fabric as a traffic source sees it. */
export function createTransport({ wheel, connections, messages, ledger, post }: TransportParts): Transport {
  return {
    get now() {
      return wheel.now;
    },
    open: (src, dst, tcp) => connections.add(src, dst, tcp),
    post,
    at: (time, token) => wheel.push(Math.ceil(time), token * KINDS + TIMER),
    finished: (request) => {
      const { now } = wheel;
      ledger().finish(messages().indexOf(request), messages().finishRequest(request, now), now);
    },
  };
}
