import { registry } from "../../envs/index.ts";
import { kernelEnvOf } from "../../envs/kernel_env.ts";
import { sampleAction } from "../../gym/action.ts";
import type { StepOutcome } from "../../gym/env.ts";
import { randomStream } from "../../kernel/random.ts";
import { MlModel, type Operations } from "../../ladder/ml_model.ts";
import type { Problem } from "../problems/problem.ts";

/** Operations per measurement. */
const OPERATIONS = 200_000;

/** Random operations before the measurement, so that the environment has a typical state. */
const BEFORE = 200;

const RESULT: StepOutcome = { reward: 0, terminated: false, truncated: false, info: {} };

/**
 * Time that the ladder adds to an operation that the policy decides, us. It reads the load and the cost of an
 * environment some way into a run, asks, checks and counts; the time of the same calls without the ladder is
 * subtracted. Recommending and applying take no time here. The best repetition counts.
 */
export function ladderOverhead(problem: Problem, repetitions: number): number {
  const env = kernelEnvOf(registry.make(problem.id, { splits: ["train"], wrap: false }));
  env.reset({ seed: 0 });
  const random = randomStream(0, "bench/ladder");
  for (let i = 0; i < BEFORE; i++) env.step(sampleAction(env, random));
  const operations: Operations = {
    load: () => Math.min(0.9, problem.pressure(env.kernel)),
    cost: () => Math.min(1, env.cost),
    recommend: () => RESULT,
    apply: () => RESULT,
    byDefault: () => RESULT,
  };
  const model = climbed();
  let ended = 0;
  const time = (operation: () => StepOutcome) => {
    const start = performance.now();
    for (let i = 0; i < OPERATIONS; i++) if (operation().terminated) ended++;
    return (1000 * (performance.now() - start)) / OPERATIONS;
  };
  let best = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const bare = time(() => operations.apply(operations.recommend())!);
    best = Math.min(best, time(() => model.executeOperation(operations, true)) - bare);
  }
  env.close();
  if (ended > 0 || model.mode !== "recommendation")
    throw new Error(
      `a measured run must not end and must stay in mode recommendation, got ${ended} ends and mode ${model.mode}`,
    );
  return best;
}

/** A model in recommendation mode. */
function climbed(): MlModel {
  const model = MlModel.create("bench", "policy");
  model.init();
  model.start();
  for (let block = 0; model.mode !== "recommendation"; block++) {
    const { agent } = model.beginBlock();
    const saved = 0.5 + 0.01 * (block % 5);
    const [cost, otherCost] = agent ? [1 - saved, 1] : [1, 1 - saved];
    const own = { load: 0, alive: true, slice: "bench", asked: 1, refused: 0, otherFailure: null };
    model.closeBlock({ ...own, cost, otherCost }, () => {});
  }
  model.beginBlock();
  return model;
}
