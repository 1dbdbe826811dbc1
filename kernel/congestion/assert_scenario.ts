import { assertWhole } from "../assert_whole.ts";
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
    throw new RangeError(`mtuPerChunk must be a whole number from 1 to ${MOST_MTU_PER_CHUNK}, got ${mtuPerChunk}`);
  }
  assertWhole("limitNs", limitNs, 1);
  assertWhole("decisionNs", decisionNs, 0);
  const needsTcp = workload.smc?.connections.some(({ transport }) => transport === "tcp") ?? false;
  if (needsTcp && tcp === null)
    throw new RangeError(`${workload.name}: sockets over TCP need a scenario with a tcp program, got null`);
}
