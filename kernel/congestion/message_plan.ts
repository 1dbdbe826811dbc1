import type { CongestionWorkload } from "./workload.ts";

/** The dependencies between the messages of a workload. Built once per workload. */
export interface MessagePlan {
  /** Messages that wait for no group. */
  readonly roots: Int32Array;
  /** Number of messages in each group. */
  readonly groupSizes: Int32Array;
  /** Messages that wait for group g: `waiters[first[g]]` to `waiters[first[g + 1] - 1]`. */
  readonly first: Int32Array;
  readonly waiters: Int32Array;
  /** Number of connections that messages name. */
  readonly connections: number;
}

const plans = new WeakMap<CongestionWorkload, MessagePlan>();

/** Returns the plan of a workload. */
export function messagePlan(workload: CongestionWorkload): MessagePlan {
  let plan = plans.get(workload);
  if (plan === undefined) {
    plan = makePlan(workload);
    plans.set(workload, plan);
  }
  return plan;
}

function makePlan({ messages }: CongestionWorkload): MessagePlan {
  let groups = 0;
  let connections = 0;
  for (const { group, after, connection } of messages) {
    groups = Math.max(groups, group + 1, after + 1);
    connections = Math.max(connections, connection + 1);
  }
  const groupSizes = new Int32Array(groups);
  const first = new Int32Array(groups + 1);
  const roots: number[] = [];
  messages.forEach(({ group, after }, index) => {
    if (group >= 0) groupSizes[group]++;
    if (after >= 0) first[after + 1]++;
    else roots.push(index);
  });
  for (let group = 0; group < groups; group++) first[group + 1] += first[group];
  const waiters = new Int32Array(first[groups]);
  const filled = first.slice();
  messages.forEach(({ after }, index) => {
    if (after >= 0) waiters[filled[after]++] = index;
  });
  return { roots: Int32Array.from(roots), groupSizes, first, waiters, connections };
}
