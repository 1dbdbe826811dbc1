import { CARTPOLE_SPEC } from "../../envs/cartpole.ts";
import type { Report } from "../problems/problem.ts";
import { stepsPerSecond } from "./env_steps.ts";

/** Speed of the reference environment. */
export function measure(report: Report, repetitions: number): void {
  report("cartpole/env_steps", stepsPerSecond(CARTPOLE_SPEC.id, {}, 1_000_000, repetitions), "steps/s");
}
