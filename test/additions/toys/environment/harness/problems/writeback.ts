import { writebackBound, writebackHeuristics } from "../../baselines/writeback/index.ts";
import { WRITEBACK_SPEC } from "../../envs/writeback/registration.ts";
import { DIRTY_COST, FLUSH_COST, type WritebackKernel } from "../../kernel/writeback/writeback.ts";
import { HeldArms } from "../online/held_arms.ts";
import type { Problem } from "./problem.ts";

/** What the commands know about writeback. */
export const writeback: Problem = {
  id: WRITEBACK_SPEC.id,
  heuristics: writebackHeuristics,
  tuned: {},
  measures: [],
  broken: "always",
  pressure: (kernel) => Math.min(1, (kernel as WritebackKernel).view.dirty / 1000),
  overload: { periods: 1000 },
  online: (seed) => new HeldArms({ arms: [[0], [1]], context: { columns: [0] }, hold: 1, settle: 0, alpha: 1 }, seed),
  bound: (kernel) => writebackBound((kernel as WritebackKernel).arrivals),
  reference: (kernel) => ({
    decide: () => ({ flush: DIRTY_COST * (kernel as WritebackKernel).view.dirty > FLUSH_COST }),
  }),
  openFile: () => null,
  targets: async () => [],
  training: { agents: { ppo: { steps: 10_000 } }, episodes: { validation: 1, test: 1 } },
};
