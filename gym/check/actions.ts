import type { RandomStream } from "../../kernel/random.ts";
import { sampleAction } from "../action.ts";
import { describe } from "../describe.ts";
import type { AnyEnv } from "../env.ts";
import {
  Box,
  containsRows,
  createRows,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  maskSize,
  type RowArray,
} from "../spaces.ts";
import { arrayDifference, flatten } from "./frame.ts";
import { refusal } from "./refusal.ts";
import { actionStream, type Check, demand } from "./subject.ts";

/** An environment refuses actions outside the space. The message names the action and the space; nothing changes. */
export const checkActions: Check = (subject) => {
  const { env, seed } = subject;
  env.reset({ seed });
  const before = flatten(env, env.observe());
  const good = sampleAction(env, actionStream(subject, "actions"));
  for (const action of invalidActions(env, good)) {
    const what = `action ${describe(action)}`;
    const message = refusal(`${what} for ${env.rows} x ${env.actionSpace}`, () => env.step(action));
    demand(message.includes(String(env.actionSpace)), `the refusal of ${what} does not name the space: ${message}`);
    const names = [describe(action), JSON.stringify(action) ?? "undefined", listed(action)];
    demand(
      names.some((name) => message.includes(name)),
      `the refusal of ${what} does not name the action: ${message}`,
    );
    const difference = arrayDifference("observation", before, flatten(env, env.observe()));
    demand(difference === null, `the refused ${what} changed the environment: ${difference}`);
  }
  env.step(good);
  return null;
};

/** Masks have the right length, hold only 0 and 1, and leave a legal action. A step refuses what they forbid. */
export const checkMask: Check = (subject) => {
  const { env, seed, steps } = subject;
  const random = actionStream(subject, "mask");
  const width = maskSize(env.actionSpace);
  env.reset({ seed });
  let masks = 0;
  for (let i = 1; i <= steps; i++) {
    const mask: unknown = env.actionMask();
    if (mask !== null) {
      masks++;
      demand(
        mask instanceof Uint8Array,
        `before step ${i}: the mask must be a Uint8Array or null, got ${describe(mask)}`,
      );
      demand(width > 0, `before step ${i}: there is a mask, but ${env.actionSpace} has none`);
      demand(
        mask.length === env.rows * width,
        `before step ${i}: the mask has ${mask.length} of ${env.rows * width} entries`,
      );
      demand(
        mask.every((entry) => entry <= 1),
        `before step ${i}: mask entries must be 0 or 1, got ${describe(mask)}`,
      );
      if (env.actionSpace instanceof Box) {
        demand(
          ignoresIdleRows(env, mask, random.fork()),
          `before step ${i}: the action of a row that does not decide matters`,
        );
      }
      // Throws when a choice has no legal alternative.
      sampleAction(env, random.fork());
      for (const action of maskedActions(env, mask, sampleAction(env, random.fork()))) {
        refusal(`before step ${i}: action ${describe(action)}, which the mask forbids,`, () => env.step(action));
      }
    }
    const { terminated, truncated } = env.step(sampleAction(env, random));
    if (terminated || truncated) {
      env.reset();
    }
  }
  return masks === 0 ? "the environment has no masks" : null;
};

/** Whether two actions have the same effect when they differ only in rows that do not decide. */
function ignoresIdleRows(env: AnyEnv, mask: Uint8Array, random: RandomStream): boolean {
  if (mask.every((entry) => entry === 1)) return true;
  const action = sampleAction(env, random) as RowArray;
  const other = action.slice();
  const width = env.actionSpace.size;
  const different = sampleAction(env, random) as RowArray;
  mask.forEach((entry, row) => {
    if (entry === 0) other.set(different.subarray(row * width, (row + 1) * width), row * width);
  });
  const [one, two] = [action, other].map((choice) => {
    const copy = env.fork();
    copy.step(choice);
    return flatten(copy, copy.observe());
  });
  return arrayDifference("observation", one, two) === null;
}

function listed(action: unknown): string {
  return ArrayBuffer.isView(action) ? Array.from(action as Float32Array).join(", ") : String(action);
}

/** Actions outside the space. Most of them are a good action with one change. */
function invalidActions(env: AnyEnv, good: unknown): unknown[] {
  const { actionSpace: space, rows } = env;
  const values = invalidNumbers(env);
  const actions: unknown[] = [undefined, null, "1"];
  if (typeof good === "number") {
    actions.push(...values, String(good), [good]);
  } else if (ArrayBuffer.isView(good)) {
    const array = good as RowArray;
    actions.push(Array.from(array), 0);
    for (const value of values) {
      const bad = array.slice();
      bad[bad.length - 1] = value;
      actions.push(bad);
    }
    const Constructor = createRows(space, 1).constructor as { new (length: number): RowArray };
    actions.push(new Constructor(array.length + 1), new Constructor(array.length - 1), new Float64Array(array.length));
  } else {
    actions.push({}, []);
  }
  return actions.filter((action) => !containsRows(space, action, rows));
}

/** Numbers that the last number of an element cannot be. */
function invalidNumbers({ actionSpace: space }: AnyEnv): number[] {
  if (space instanceof Discrete) {
    return [space.start - 1, space.start + space.n, space.start + 0.5, Number.NaN, Number.POSITIVE_INFINITY];
  }
  if (space instanceof MultiDiscrete) {
    return [-1, space.nvec[space.nvec.length - 1]];
  }
  if (space instanceof MultiBinary) {
    return [2];
  }
  if (space instanceof Box) {
    const [low, high] = [space.low[space.size - 1], space.high[space.size - 1]];
    return [low - 1 - Math.abs(low), high + 1 + Math.abs(high), Number.NaN];
  }
  return [];
}

/** For each row with an illegal alternative: the good action, with that alternative in the row. */
function maskedActions({ actionSpace: space, rows }: AnyEnv, mask: Uint8Array, good: unknown): unknown[] {
  if (space instanceof Box) return [];
  const counts = space instanceof MultiDiscrete ? space.nvec : [maskSize(space)];
  const start = space instanceof Discrete ? space.start : 0;
  const actions: unknown[] = [];
  let first = 0;
  for (let choice = 0; choice < rows * counts.length; choice++) {
    const count = counts[choice % counts.length];
    const illegal = mask.subarray(first, first + count).indexOf(0);
    first += count;
    if (illegal >= 0) {
      actions.push(typeof good === "number" ? start + illegal : (good as Int32Array).with(choice, start + illegal));
    }
  }
  return actions;
}
