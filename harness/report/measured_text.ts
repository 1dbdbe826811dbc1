import { registry } from "../../envs/index.ts";
import { type Benchmark, measurementsOf } from "../benchmark/manifest.ts";
import { durationText } from "../run/duration_text.ts";

/** Code, day, machine and time of a benchmark; for each group of environments if these differ. */
export function measuredText(benchmark: Benchmark): string {
  const measurements = measurementsOf(benchmark);
  const texts = measurements.map(({ code, machine, created, wall_seconds, workers, envs }) => {
    const names = envs.map((env) => registry.spec(env).alias).join(", ");
    const which = measurements.length === 1 ? "" : `${names}: `;
    return `${which}ring0-gym ${code}, ${created.slice(0, 10)}, ${machine}, ${workers === null ? "" : `${workers} processes at a time, `}${durationText(wall_seconds)} in all.`;
  });
  return texts.join(" ");
}
