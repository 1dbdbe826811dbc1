import type { RandomStream } from "../kernel/random.ts";
import { describe } from "./describe.ts";
import { type Env, type EnvSpec, EnvUsageError } from "./env.ts";
import { createRows, Discrete, MultiDiscrete, maskSize, type Space } from "./spaces.ts";

/** The error for an action outside its space. The message names the environment, the action and the space. */
export function invalidAction(spec: EnvSpec, action: unknown, space: Space<unknown>): EnvUsageError {
  return new EnvUsageError(`${spec.id}: action ${describe(action)} is not in ${space}`);
}

/** Draws an action for all rows of an environment, uniformly among the legal actions. */
export function sampleAction<Act>(
  env: Pick<Env<unknown, Act>, "actionSpace" | "rows" | "actionMask">,
  random: RandomStream,
): Act {
  const { actionSpace: space, rows } = env;
  const mask = env.actionMask();
  if (rows === 1) {
    return sampleLegal(space, random, mask, 0) as Act;
  }
  const actions = createRows(space, rows);
  const width = maskSize(space);
  for (let row = 0; row < rows; row++) {
    const element = sampleLegal(space, random, mask, row * width);
    if (typeof element === "number") {
      actions[row] = element;
    } else {
      actions.set(element as ArrayLike<number>, row * space.size);
    }
  }
  return actions as Act;
}

function sampleLegal(space: Space<unknown>, random: RandomStream, mask: Uint8Array | null, offset: number): unknown {
  if (mask === null || space.kind === "box") {
    return space.sample(random);
  }
  if (space instanceof Discrete) {
    return space.start + choose(mask, offset, space.n, random);
  }
  if (space instanceof MultiDiscrete) {
    let first = offset;
    return Int32Array.from(space.nvec, (n) => {
      const choice = choose(mask, first, n, random);
      first += n;
      return choice;
    });
  }
  throw new RangeError(`${space} has no action masks`);
}

/** Draws one of the legal alternatives. Their part of the mask has `count` entries and starts at `offset`. */
function choose(mask: Uint8Array, offset: number, count: number, random: RandomStream): number {
  let legal = 0;
  for (let i = 0; i < count; i++) {
    legal += mask[offset + i] === 0 ? 0 : 1;
  }
  if (legal === 0) {
    throw new RangeError(`the action mask allows none of ${count} alternatives`);
  }
  let left = random.integer(legal);
  for (let i = 0; ; i++) {
    if (mask[offset + i] !== 0 && left-- === 0) {
      return i;
    }
  }
}
