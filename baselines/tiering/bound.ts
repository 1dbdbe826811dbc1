import { LeastTime } from "../../kernel/tiering/least_time.ts";
import type { TieringScenario } from "../../kernel/tiering/scenario.ts";
import type { WindowHistogram } from "../../kernel/tiering/workload.ts";

/**
 * The certified bound: seconds below which no policy finishes `scenario`, however much it knows; 1 of the score.
 *
 * The sum over windows of the least time of each (see `LeastTime`): migration, monitoring and deciding are free, and
 * every window starts with its own best placement. It may see the future; policies may not.
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
