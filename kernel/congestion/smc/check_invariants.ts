import { InvariantError } from "../../subsystem.ts";
import { IDLE } from "./ends.ts";
import { RDMA, type SmcState, TCP } from "./smc_state.ts";

/**
 * Throws an InvariantError that names the first law that the sockets break: bounds, conservation of bytes, and absence
 * of deadlock.
 */
export function checkSmcInvariants(state: SmcState): void {
  state.streams.checkInvariants();
  checkBytes(state);
  checkSlots(state);
  for (let d = 0; d < state.rings.length; d++) {
    checkMessages(state, d);
    checkProgress(state, d);
  }
}

/** The posted bytes are the sent bytes. */
function checkBytes({ streams, kind, counters }: SmcState): void {
  const sent = [0, 0, 0];
  streams.sent.forEach((bytes, d) => {
    sent[kind[d >> 1]] += bytes;
  });
  [counters.rdmaBytes, counters.localBytes, counters.tcpBytes].forEach((counted, k) => {
    if (counted !== sent[k]) throw new InvariantError(`${counted} bytes were posted, but the cursors count ${sent[k]}`);
  });
}

function checkSlots(state: SmcState): void {
  const open = new Int32Array(state.slots.free.length);
  state.rings.forEach((ring, end) => {
    if (state.kind[end >> 1] !== RDMA) return;
    open[state.linkEnd(end)] += ring.posted - ring.completed + state.slots.held[end];
  });
  state.slots.checkInvariants(open);
}

/** The messages on their way carry all bytes that were sent and have not arrived. Their cursors never go back. */
function checkMessages({ rings, streams }: SmcState, d: number): void {
  const ring = rings[d];
  const { posted, delivered, handled, completed } = ring;
  if (!(posted >= delivered && delivered >= handled && delivered >= completed)) {
    throw new InvariantError(
      `direction ${d}: ${posted} messages posted, ${delivered} delivered, ${handled} handled, ${completed} completed`,
    );
  }
  let arrived = streams.arrived[d];
  for (let position = handled; position < posted; position++) {
    const producer = ring.producer(position);
    if (producer < arrived)
      throw new InvariantError(`direction ${d}: a message goes back from ${arrived} to ${producer}`);
    arrived = producer;
  }
  if (arrived !== streams.sent[d]) {
    throw new InvariantError(`direction ${d}: ${streams.sent[d]} bytes were sent, but messages carry only ${arrived}`);
  }
}

/** Everything with pending work is working, or waits for something that is under way. */
function checkProgress({ streams, ends, rings, slots, kind }: SmcState, d: number): void {
  const receiver = d ^ 1;
  const busy = ends.job[d] !== IDLE;
  const open = rings[d].posted > rings[d].completed;
  if (streams.wanted[d] > streams.prepared[d] && streams.room(d) > 0 && !busy) {
    throw new InvariantError(`direction ${d}: a writer waits for nothing`);
  }
  if (streams.unsent(d) > 0 && streams.space(d) > 0 && !(busy || open || slots.waiting[d] === 1)) {
    throw new InvariantError(`direction ${d}: ${streams.unsent(d)} bytes wait for nothing`);
  }
  const reads = ends.awake[receiver] === 1 || ends.waking[receiver] === 1;
  if (streams.unread(d) > 0 && !reads) throw new InvariantError(`direction ${d}: a reader waits for nothing`);
  const told = kind[d >> 1] === TCP ? ends.windowNews[d] >= 0 : rings[receiver].posted > rings[receiver].handled;
  const telling = ends.owesUpdate[receiver] === 1 || ends.job[receiver] !== IDLE;
  const onItsWay = open || rings[d].posted > rings[d].handled || reads;
  if (streams.unsent(d) > 0 && streams.space(d) === 0 && !(busy || told || telling || onItsWay)) {
    throw new InvariantError(`direction ${d}: ${streams.unsent(d)} bytes wait for a window update that does not come`);
  }
}
