import { LeastTime } from "../../kernel/tiering/least_time.ts";
import type { TieringScenario } from "../../kernel/tiering/scenario.ts";
import type { WindowHistogram } from "../../kernel/tiering/workload.ts";

/**
 * The certified bound: no policy finishes `scenario` in fewer seconds, however much it knows. It scores 1.
 *
 * The bound is the sum over windows of the least time of each window (see `LeastTime`). Migration, monitoring and
 * deciding are free, and every window starts with its own best placement. The bound may see the future. Policies may
 * not.
 */
export function tieringBound(scenario: TieringScenario): number {
  const { workload, machine, background } = scenario;
  const least = new LeastTime(machine, workload.pages);
  const window: WindowHistogram = {
    access: new Float64Array(workload.pages),
    write: new Float32Array(workload.pages),
  };
  let seconds = 0;
  for (let index = 0; index < workload.windows; index++) {
    workload.fill(index, window);
    seconds += least.seconds(window, background[index]);
  }
  return seconds;
}
