import type { Applied } from "../ladder/agent.ts";
import { MlModel, type Operations } from "../ladder/ml_model.ts";

/** Operations of one measurement. */
const OPERATIONS = 2_000_000;

const RESULT: Applied = { reward: 0, terminated: false, truncated: false, info: {} };

/** A subsystem that takes no time. */
const nothing: Operations = {
  load: () => 0,
  cost: () => 0,
  recommend: () => RESULT,
  apply: () => RESULT,
  byDefault: () => RESULT,
};

/**
 * What the ladder adds to an operation that the agent decides, us: looking at load and objective, asking, checking and counting, over
 * the same calls without it. The best of some runs.
 */
export function ladderOverhead(repetitions: number): number {
  const model = climbed();
  let ended = 0;
  const time = (operation: () => Applied) => {
    const start = performance.now();
    for (let i = 0; i < OPERATIONS; i++) if (operation().terminated) ended++;
    return (1000 * (performance.now() - start)) / OPERATIONS;
  };
  let best = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const bare = time(() => nothing.apply(nothing.recommend())!);
    best = Math.min(best, time(() => model.executeOperation(nothing, true)) - bare);
  }
  if (ended > 0) throw new Error("no operation was to end a run");
  return Math.max(0, best);
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
    model.closeBlock(
      { load: 0, alive: true, slice: "bench", asked: 1, refused: 0, cost, otherCost, otherFailure: null },
      () => {},
    );
  }
  model.beginBlock();
  return model;
}
