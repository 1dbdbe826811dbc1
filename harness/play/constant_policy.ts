import type { AnyEnv } from "../../gym/env.ts";
import { alternatives, createRows, Discrete, maskSize } from "../../gym/spaces.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import type { Policy } from "./policy.ts";

/**
 * A policy that ignores its observations: it draws a fixed preference once and keeps it. In a Box it draws one action
 * and gives it to every row. Among alternatives it draws an order and takes the first legal alternative. Most of these
 * are bad.
 *
 * @param seed which of these policies; its name is `constant-SEED`
 */
export function constantPolicy(seed: number): Policy {
  return {
    name: `constant-${seed}`,
    role: "random",
    sees: null,
    begin(env) {
      const choose = chooserOf(env, randomStream(seed, "harness/constant-player"));
      return { decide: () => choose(env.actionMask()), apply: (action) => env.step(action) };
    },
  };
}

/** Chooses an action for all rows from the mask of legal alternatives, flat [rows x mask size] or null. */
function chooserOf({ actionSpace, rows }: AnyEnv, random: RandomStream): (mask: Uint8Array | null) => unknown {
  const { size } = actionSpace;
  const counts = alternatives(actionSpace);
  if (counts === null) {
    const element = actionSpace.sample(random);
    if (rows === 1) return () => element;
    const actions = createRows(actionSpace, rows);
    for (let row = 0; row < rows; row++) actions.set(element as ArrayLike<number>, row * size);
    return () => actions;
  }
  const width = maskSize(actionSpace);
  const order = Float64Array.from({ length: width }, () => random.next());
  const actions = createRows(actionSpace, rows);
  const start = actionSpace instanceof Discrete ? actionSpace.start : 0;
  return (mask) => {
    for (let row = 0; row < rows; row++) {
      let first = 0;
      counts.forEach((count, choice) => {
        let best = -1;
        for (let i = first; i < first + count; i++) {
          const legal = mask === null || mask[row * width + i] !== 0;
          if (legal && (best < 0 || order[i] > order[best])) best = i;
        }
        actions[row * size + choice] = start + best - first;
        first += count;
      });
    }
    return rows === 1 && actionSpace instanceof Discrete ? actions[0] : actions;
  };
}
