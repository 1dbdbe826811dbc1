import { IDLE, READ, RECEIVE, SEND, WRITE } from "./ends.ts";
import { RDMA, type SmcState, TCP } from "./smc_state.ts";
import type { SmcHostCosts } from "./traffic.ts";

/**
 * Chooses the next job of the processor at an end, and writes its number of bytes to `ends.amount`. Arrivals come
 * before departures, and the system's work before the application's. Source: choice; it is the order of softirqs and
 * processes.
 *
 * @param call most bytes that the application reads or writes in one call
 */
export function chooseJob(state: SmcState, end: number, call: number): number {
  const { streams, ends, rings, counters } = state;
  const incoming = end ^ 1;
  if (rings[incoming].handled < rings[incoming].delivered) return RECEIVE;
  if (ends.wantsSend[end] === 1 && maySend(state, end)) return SEND;
  if (ends.awake[end] === 1) {
    ends.amount[end] = Math.min(streams.unread(incoming), call);
    if (ends.amount[end] > 0) return READ;
    ends.awake[end] = 0;
  }
  const unwritten = streams.wanted[end] - streams.prepared[end];
  if (unwritten === 0) return IDLE;
  ends.amount[end] = Math.min(unwritten, streams.room(end), call);
  if (ends.amount[end] > 0) return WRITE;
  if (ends.lacksRoom[end] === 0) counters.blockedOnSendBuffer++;
  ends.lacksRoom[end] = 1;
  return IDLE;
}

/**
 * Whether an end has something to send and everything it needs for that. If not, the event that changes this lets the
 * end try again.
 */
function maySend(state: SmcState, end: number): boolean {
  const { streams, ends, slots, counters } = state;
  const kind = state.kind[end >> 1];
  const stuck = streams.space(end) === 0;
  if (stuck && streams.unsent(end) > 0 && ends.lacksSpace[end] === 0) {
    if (kind === TCP) counters.blockedOnTcpWindow++;
    else counters.blockedOnRmbe++;
    ends.lacksSpace[end] = 1;
  }
  if ((stuck || streams.unsent(end) === 0) && ends.owesUpdate[end] === 0) {
    ends.wantsSend[end] = 0;
    return false;
  }
  if (kind !== RDMA) return true;
  const waited = slots.waiting[end] === 1;
  const taken = slots.take(state.linkEnd(end), end);
  if (!taken && !waited) counters.blockedOnSlots++;
  return taken;
}

/** Duration of the current job of an end, ns, a whole number. */
export function jobCost({ ends, kind }: SmcState, end: number, costs: SmcHostCosts): number {
  switch (ends.job[end]) {
    case RECEIVE:
      return Math.round(costs.receive);
    case SEND:
      return kind[end >> 1] === TCP ? 0 : Math.round(costs.send);
    case READ:
      return Math.round(costs.read + costs.copyByte * ends.amount[end]);
    default:
      return Math.round(costs.write + costs.copyByte * ends.amount[end]);
  }
}
