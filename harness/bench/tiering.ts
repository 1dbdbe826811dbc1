import { TIERING_SPEC } from "../../envs/tiering/registration.ts";
import type { Report } from "../problems/problem.ts";
import { stepsPerSecond } from "./env_steps.ts";

/** Speed of the tiering environment, and how it falls with the number of pages. */
export function measure(report: Report, repetitions: number): void {
  const small = stepsPerSecond(TIERING_SPEC.id, { pages: 4096, workload: "zipf" }, 2000, repetitions);
  const large = stepsPerSecond(TIERING_SPEC.id, { pages: 16384, workload: "zipf" }, 500, repetitions);
  report("tiering/env_steps_4096_pages", small, "steps/s");
  report("tiering/env_steps_16384_pages", large, "steps/s");
  report("tiering/time_of_16384_pages_over_4_times_4096", small / large / 4, "ratio");
}
