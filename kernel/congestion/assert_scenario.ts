import { assertCongestionWorkload } from "./assert_workload.ts";
import type { CongestionScenario } from "./scenario.ts";
import type { CongestionWorkload } from "./workload.ts";

/** Most packets in a chunk. With more, marks and queues differ by more than 10 % from those of single packets. */
export const MOST_MTU_PER_CHUNK = 4;

/** Workloads that passed the check. A comparison of policies plays the same workload many times. */
const possible = new WeakSet<CongestionWorkload>();

/** Throws a RangeError that names the first impossible setting. */
export function assertScenario({ workload, mtuPerChunk, limitNs, decisionNs, tcp }: CongestionScenario): void {
  if (!possible.has(workload)) {
    assertCongestionWorkload(workload);
    possible.add(workload);
  }
  if (!Number.isInteger(mtuPerChunk) || mtuPerChunk < 1 || mtuPerChunk > MOST_MTU_PER_CHUNK) {
    throw new RangeError(`mtuPerChunk must be 1 to ${MOST_MTU_PER_CHUNK}, got ${mtuPerChunk}`);
  }
  if (!Number.isSafeInteger(limitNs) || limitNs < 1) {
    throw new RangeError(`limitNs must be a whole number >= 1, got ${limitNs}`);
  }
  if (!Number.isSafeInteger(decisionNs) || decisionNs < 0) {
    throw new RangeError(`decisionNs must be a whole number >= 0, got ${decisionNs}`);
  }
  const needsTcp = workload.smc?.connections.some(({ transport }) => transport === "tcp") ?? false;
  if (needsTcp && tcp === null)
    throw new RangeError(`${workload.name}: sockets that speak TCP need a program, got none`);
}
