import { describe, expect, test } from "vitest";
import { invalidAction } from "../../gym/action.ts";
import { CHECK_NAMES, type CheckName, type CheckOptions, checkEnv } from "../../gym/check.ts";
import type { AnyEnv, EnvSpec, ResetOptions } from "../../gym/env.ts";
import { EnvUsageError } from "../../gym/env.ts";
import { Box, containsRows } from "../../gym/spaces.ts";
import { SplitGuard } from "../../gym/split_guard.ts";
import { TimeLimit } from "../../gym/wrappers/time_limit.ts";
import { TOY_SPEC, Toy } from "./toy_env.ts";

const failed = (env: AnyEnv, options?: CheckOptions) =>
  checkEnv(env, { steps: 60, ...options }).filter(({ ok }) => !ok);

describe.each([
  ["one row", { rows: 1 }],
  ["three rows", { rows: 3 }],
  ["one row with masks", { rows: 1, masked: true }],
  ["three rows with masks", { rows: 3, masked: true }],
])("a good environment with %s", (_, options) => {
  test("has no fault", () => {
    expect(failed(new Toy(options))).toEqual([]);
  });

  test("has one fault under a TimeLimit alone: it takes steps after the limit", () => {
    expect(failed(new TimeLimit(new Toy(options), 30)).map(({ check }) => check)).toEqual(["after-end"]);
  });
});

test("seeds stay where the caller puts them", () => {
  const env = new Toy({ context: new SplitGuard(TOY_SPEC, ["validation"]) });
  expect(failed(env, { seed: 1_000_000 })).toEqual([]);
  expect(failed(new Toy({ context: new SplitGuard(TOY_SPEC, ["validation"]) })).length).toBeGreaterThan(0);
});

test("checks can be left out", () => {
  const names = checkEnv(new Toy(), { skip: ["seeds", "fork"] }).map(({ check }) => check);
  expect(names).toEqual(CHECK_NAMES.filter((name) => name !== "seeds" && name !== "fork"));
});

/** Two rows with an action between 0 and 2 each, of which one decides at a time. */
class Boxed extends Toy {
  override readonly actionSpace = new Box(0, 2);

  constructor() {
    super({ rows: 2 });
  }

  override readAction(action: unknown) {
    if (!containsRows(this.actionSpace, action, 2)) throw invalidAction(this.spec, action, this.actionSpace);
    return Int32Array.from({ length: 2 }, (_, row) =>
      this.decides(row) ? Math.round((action as Float32Array)[row]) : this.last[row],
    );
  }

  /** Whether what a row wants is done. */
  decides(row: number): boolean {
    return row === this.position % 2;
  }

  override actionMask() {
    return Uint8Array.from({ length: 2 }, (_, row) => (row === this.position % 2 ? 1 : 0));
  }
}

test("an environment in whose rows not all decide has no fault", () => {
  expect(failed(new Boxed())).toEqual([]);
});

/** Toys with one broken promise each, and part of the message that must say so. */
const BROKEN: Record<CheckName, [string, new () => AnyEnv, RegExp][]> = {
  "before-reset": [
    [
      "steps before the first reset",
      class extends Toy {
        override seed = 0;
        override running = true;
      },
      /before the first reset was not refused/,
    ],
    [
      "refuses with another error",
      class extends Toy {
        override step(action: unknown) {
          if (!this.running) throw new Error("no");
          return super.step(action);
        }
      },
      /must be refused with an EnvUsageError, but threw Error: no/,
    ],
  ],
  spec: [
    [
      "a function in the spec",
      class extends Toy {
        override get spec(): EnvSpec {
          return { ...TOY_SPEC, extra: () => 1 } as EnvSpec;
        }
      },
      /plain data/,
    ],
    [
      "an id without a version",
      class extends Toy {
        override get spec(): EnvSpec {
          return { ...TOY_SPEC, id: "Toy" };
        }
      },
      /Name-v1, got "Toy"/,
    ],
  ],
  spaces: [
    [
      "a space that refuses its own samples",
      class extends Toy {
        constructor() {
          super();
          this.actionSpace.contains = (_value): _value is unknown => false;
        }
      },
      /action space: the sample . is not in Discrete\(3\)/,
    ],
  ],
  rows: [
    [
      "no rows",
      class extends Toy {
        override readonly rows = 0;
      },
      /rows must be a positive whole number, got 0/,
    ],
  ],
  reset: [
    [
      "an observation out of bounds",
      class extends Toy {
        override observe() {
          return super.observe().fill(-2);
        }
      },
      /reset: observation \[-2, -2, -2\] is not 1 x Box/,
    ],
    [
      "no info",
      class extends Toy {
        override reset(options?: ResetOptions) {
          return { ...super.reset(options), info: null as never };
        }
      },
      /info must be an object, got null/,
    ],
  ],
  options: [
    [
      "unknown options taken",
      class extends Toy {
        override reset({ seed, options = {} }: ResetOptions = {}) {
          const { no_such_option: _, ...known } = options;
          return super.reset({ seed, options: known });
        }
      },
      /no_such_option = 1 was not refused/,
    ],
    [
      "options out of range taken",
      class extends Toy {
        override reset({ seed, options = {} }: ResetOptions = {}) {
          const tooFar = (options.alter_after as number) > 100;
          return super.reset({ seed, options: tooFar ? {} : options });
        }
      },
      /alter_after = 201 was not refused/,
    ],
  ],
  step: [
    [
      "a plain array as observation",
      class extends Toy {
        override step(action: unknown) {
          const result = super.step(action);
          return { ...result, observation: Array.from(result.observation) as never };
        }
      },
      /step 1: observation .* is not 1 x Box/,
    ],
    [
      "a reward that is NaN",
      class extends Toy {
        override step(action: unknown) {
          return { ...super.step(action), reward: this.position === 5 ? Number.NaN : 0 };
        }
      },
      /step 5: reward must be a finite number, got NaN/,
    ],
    [
      "one reward for three rows",
      class extends Toy {
        constructor() {
          super({ rows: 3 });
        }
        override step(action: unknown) {
          return { ...super.step(action), reward: 1 };
        }
      },
      /Float32Array of 3 finite numbers, got 1/,
    ],
    [
      "a number for a flag",
      class extends Toy {
        override step(action: unknown) {
          return { ...super.step(action), truncated: 0 as never };
        }
      },
      /must be booleans, got .* and 0/,
    ],
  ],
  observe: [
    [
      "observe that steps",
      class extends Toy {
        override observe() {
          const observation = super.observe();
          observation[0] = 0.5 + 0.01 * (this.changes++ % 7);
          return observation;
        }
      },
      /observe\(\) is not the last observation/,
    ],
    [
      "a reused observation",
      class extends Toy {
        readonly buffer = new Float32Array(3);
        override observe() {
          this.buffer.set(super.observe());
          return this.buffer;
        }
      },
      /overwrote the observation before it/,
    ],
  ],
  render: [
    [
      "nothing rendered",
      class extends Toy {
        override render() {
          return "";
        }
      },
      /render must return text/,
    ],
  ],
  determinism: [
    [
      "state that survives a seeded reset",
      class extends Toy {
        uses = 0;
        override step(action: unknown) {
          return { ...super.step(action), reward: this.uses++ };
        }
      },
      /two runs with seed 0 and the same actions differ: at frame 1, reward\[0\]/,
    ],
  ],
  seeds: [
    [
      "a seed without effect",
      class extends Toy {
        override reset(options: ResetOptions = {}) {
          return super.reset({ ...options, seed: options.seed === undefined ? undefined : 7 });
        }
      },
      /seeds 0 and 1 give the same run/,
    ],
  ],
  continuation: [
    [
      "every episode the same",
      class extends Toy {
        override reset(options: ResetOptions = {}) {
          return super.reset({ ...options, seed: options.seed ?? this.seed ?? undefined });
        }
      },
      /repeats episode 0 after seed 0/,
    ],
    [
      "episodes that depend on what went before the seed",
      class extends Toy {
        resets = 0;
        override reset(options: ResetOptions = {}) {
          const result = super.reset(options);
          this.resets++;
          this.episode = options.seed === undefined ? this.resets : 0;
          return result;
        }
      },
      /not the same every time/,
    ],
  ],
  fork: [
    [
      "a fork that shares state",
      class extends Toy {
        override fork() {
          return this;
        }
      },
      /stepping a fork changed the original/,
    ],
    [
      "a fork that forgets",
      class extends Toy {
        override fork() {
          const copy = super.fork();
          copy.position = 0;
          return copy;
        }
      },
      /a fork does not go on as the original/,
    ],
  ],
  actions: [
    [
      "any action taken",
      class extends Toy {
        override readAction() {
          return Int32Array.of(0);
        }
      },
      /action undefined for 1 x Discrete\(3\) was not refused/,
    ],
    [
      "a refusal without the space",
      class extends Toy {
        override readAction(action: unknown) {
          if (!this.actionSpace.contains(action)) throw new EnvUsageError(`bad action ${action}`);
          return super.readAction(action);
        }
      },
      /does not name the space: bad action undefined/,
    ],
    [
      "a refusal without the action",
      class extends Toy {
        override readAction(action: unknown) {
          if (!this.actionSpace.contains(action)) throw new EnvUsageError(`bad action for ${this.actionSpace}`);
          return super.readAction(action);
        }
      },
      /does not name the action: bad action for Discrete\(3\)/,
    ],
    [
      "a refused action that counts",
      class extends Toy {
        override readAction(action: unknown) {
          this.position++;
          return super.readAction(action);
        }
      },
      /changed the environment/,
    ],
  ],
  mask: [
    [
      "a mask of the wrong length",
      class extends Toy {
        override actionMask() {
          return Uint8Array.of(1, 1);
        }
      },
      /has 2 of 3 entries/,
    ],
    [
      "a mask that allows nothing",
      class extends Toy {
        override actionMask() {
          return new Uint8Array(3);
        }
      },
      /allows none of 3/,
    ],
    [
      "masked actions taken",
      class extends Toy {
        override readAction(action: unknown) {
          return Int32Array.of(action as number);
        }
        override actionMask() {
          return Uint8Array.of(1, 1, 0);
        }
      },
      /action 2, which the mask forbids, was not refused/,
    ],
    [
      "actions of rows that do not decide",
      class extends Boxed {
        override decides() {
          return true;
        }
      },
      /the action of a row that does not decide matters/,
    ],
  ],
  future: [
    [
      "an observation of what comes",
      class extends Toy {
        override observe() {
          const observation = super.observe();
          observation[0] = this.demand(0, this.position + 2);
          return observation;
        }
      },
      /shows before it, at frame/,
    ],
    [
      "an option without effect",
      class extends Toy {
        override reset({ seed, options }: ResetOptions = {}) {
          const result = super.reset({ seed, options });
          this.alterAfter = Number.POSITIVE_INFINITY;
          return result;
        }
      },
      /changes nothing/,
    ],
    [
      "no position",
      class extends Toy {
        override info() {
          return {};
        }
      },
      /must give info.position/,
    ],
  ],
  time: [
    [
      "time that nobody charged",
      class extends Toy {
        override info() {
          return { ...super.info(), clock: this.work + this.changes + 0.001 };
        }
      },
      /the clock is .*, but the charges sum to/,
    ],
    [
      "a clock that goes back",
      class extends Toy {
        override info() {
          return { position: this.position, clock: -this.position, charged: { all: -this.position } };
        }
      },
      /the clock went back from 0 to -1/,
    ],
  ],
  "after-end": [
    [
      "steps after the end",
      class extends Toy {
        override step(action: unknown) {
          const result = super.step(action);
          this.running = true;
          return result;
        }
      },
      /a step after the end \(step 41\) was not refused/,
    ],
  ],
  close: [
    [
      "steps after close",
      class extends Toy {
        override close() {}
      },
      /a step after close was not refused/,
    ],
  ],
};

describe.each(CHECK_NAMES)("the check %s", (check) => {
  test.each(BROKEN[check])("finds %s", (_, Broken, message) => {
    const finding = checkEnv(new Broken(), { steps: 60 }).find((candidate) => candidate.check === check)!;
    expect(finding).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  });
});
