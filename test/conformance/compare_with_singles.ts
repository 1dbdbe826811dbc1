import { sampleAction } from "../../gym/action.ts";
import { arrayDifference, flatten } from "../../gym/check/frame.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { deriveSeed } from "../../gym/seeds.ts";
import { maskSize, type RowArray } from "../../gym/spaces.ts";
import { type AutoresetMode, VectorEnv } from "../../gym/vector_env.ts";
import { randomStream } from "../../kernel/random.ts";

/** How to compare. */
export interface CompareOptions {
  autoresetMode: AutoresetMode;
  seed: number;
  steps: number;
}

/**
 * Steps `count` environments in a VectorEnv and as many one by one, with the same actions and resets, and returns where
 * they first differ, as text, or null.
 */
export function compareWithSingles(
  make: () => AnyEnv,
  count: number,
  { autoresetMode, seed, steps }: CompareOptions,
): string | null {
  const create = () => Array.from({ length: count }, make);
  const vector = new VectorEnv(create(), { autoresetMode });
  const singles = create();
  const random = randomStream(seed, "test/vector");
  vector.reset({ seed });
  const expected = singles.map((env, i) => flatten(env, env.reset({ seed: deriveSeed(seed, i) }).observation));
  const over = singles.map(() => false);

  const { rows, actionSpace } = vector;
  const width = rows * vector.observationSpace.size;
  const maskWidth = rows * maskSize(actionSpace);
  for (let step = 0; step < steps; step++) {
    const actions = new Float32Array(vector.totalRows * actionSpace.size);
    const differences: (string | null)[] = [];
    const given = singles.map((env, i) => {
      const action = over[i] ? actionSpace.sample(random) : sampleAction(env, random);
      writeAction(actions, i * rows * actionSpace.size, vector, action);
      return action;
    });
    vector.step(actions);
    singles.forEach((env, i) => {
      const at = `step ${step}, environment ${i}: `;
      const rewards = vector.rewards.subarray(i * rows, (i + 1) * rows);
      const flags = [vector.terminations[i], vector.truncations[i]];
      if (over[i]) {
        // Only next-step and disabled come here: the action is ignored.
        differences.push(arrayDifference(`${at}reward`, rewards, new Float32Array(rows)));
        if (autoresetMode === "next-step") {
          expected[i] = flatten(env, env.reset().observation);
          over[i] = false;
          differences.push(arrayDifference(`${at}flags`, flags, [0, 0]));
        }
      } else {
        const result = env.step(given[i]);
        const single = typeof result.reward === "number" ? Float32Array.of(result.reward) : result.reward;
        differences.push(arrayDifference(`${at}reward`, rewards, single));
        differences.push(arrayDifference(`${at}flags`, flags, [Number(result.terminated), Number(result.truncated)]));
        expected[i] = flatten(env, result.observation);
        if (result.terminated || result.truncated) {
          const final = vector.finalObservations.subarray(i * width, (i + 1) * width);
          differences.push(arrayDifference(`${at}final observation`, final, expected[i]));
          differences.push(vector.finalInfos[i] === null ? `${at}no final info` : null);
          over[i] = autoresetMode !== "same-step";
          if (!over[i]) {
            expected[i] = flatten(env, env.reset().observation);
          }
        }
      }
      const shown = vector.observations.subarray(i * width, (i + 1) * width);
      differences.push(arrayDifference(`${at}observation`, shown, expected[i]));
      const mask = over[i] ? null : env.actionMask();
      if (mask !== null) {
        const masks = vector.masks!.subarray(i * maskWidth, (i + 1) * maskWidth);
        differences.push(arrayDifference(`${at}mask`, masks, mask));
      }
    });
    const first = differences.find((difference) => difference !== null);
    if (first !== undefined) {
      return first;
    }
  }
  return null;
}

/**
 * The number of steps after which the first two environments of a VectorEnv show different things, with actions drawn from the same
 * random numbers for both; null when they never do. At the start there may be nothing yet by which to tell them apart.
 */
export function stepsUntilTheyDiffer(vector: VectorEnv, seed: number, steps: number): number | null {
  const { rows, actionSpace, observationSpace } = vector;
  vector.reset({ seed });
  const width = rows * observationSpace.size;
  const actions = new Float32Array(vector.totalRows * actionSpace.size);
  for (let step = 0; step <= steps; step++) {
    const [one, other] = [0, 1].map((i) => vector.observations.subarray(i * width, (i + 1) * width));
    if (arrayDifference("", one, other) !== null) return step;
    vector.envs.forEach((env, i) => {
      const action = sampleAction(env, randomStream(seed, "test/vector", step));
      writeAction(actions, i * rows * actionSpace.size, vector, action);
    });
    vector.step(actions);
  }
  return null;
}

function writeAction(out: Float32Array, offset: number, { rows, actionSpace }: VectorEnv, action: unknown): void {
  if (rows === 1) {
    actionSpace.flattenInto(action, out, offset);
  } else {
    out.set(action as RowArray, offset);
  }
}
