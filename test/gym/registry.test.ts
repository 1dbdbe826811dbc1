import { describe, expect, expectTypeOf, test } from "vitest";
import type { Env, EnvSpec, WorkloadEntry } from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { type MakeOptions, type MakeVecOptions, Registry } from "../../gym/registry.ts";
import { SplitError } from "../../gym/split_guard.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { DefaultOptions } from "../../gym/wrappers/default_options.ts";
import { OrderEnforcing } from "../../gym/wrappers/order_enforcing.ts";
import { TimeLimit } from "../../gym/wrappers/time_limit.ts";
import { TOY_SPEC, Toy } from "./toy_env.ts";

const WORKLOADS: readonly WorkloadEntry[] = [
  { name: "sort", family: "sort", split: "train" },
  { name: "sort-large", family: "sort", split: "train" },
  { name: "redis", family: "redis", split: "validation" },
  { name: "gcc", family: "gcc", split: "test" },
];
const SPEC: EnvSpec = { ...TOY_SPEC, workloads: WORKLOADS };

function filled(...specs: EnvSpec[]): Registry {
  const registry = new Registry();
  for (const spec of specs) {
    registry.register(spec, (context) => new Toy({ context }));
  }
  return registry;
}

/** The context that a factory gets. */
function contextOf(options: Parameters<Registry["make"]>[1]): EnvContext {
  return (filled(SPEC).make("toy", { ...options, wrap: false }) as unknown as Toy).context;
}

describe("make", () => {
  test("takes an id or an alias", () => {
    const registry = filled(SPEC);
    expect(registry.make("test/Toy-v1").spec).toEqual(SPEC);
    expect(registry.make("toy").spec).toEqual(SPEC);
  });

  test("gives the type that agents use unless the caller states another", () => {
    const registry = filled(SPEC);
    expectTypeOf(registry.make("toy")).toEqualTypeOf<Env<Float32Array, unknown>>();
    expectTypeOf(registry.make<Float32Array, number>("toy")).toEqualTypeOf<Env<Float32Array, number>>();
  });

  test("enforces order above the time limit, and nothing else", () => {
    const env = filled(SPEC).make("toy") as OrderEnforcing;
    expect(env).toBeInstanceOf(OrderEnforcing);
    expect(env.env).toBeInstanceOf(TimeLimit);
    expect((env.env as TimeLimit).env).toBeInstanceOf(Toy);
    expect(env.unwrapped).toBeInstanceOf(Toy);
    const endless = filled({ ...SPEC, maxEpisodeSteps: null }).make("toy") as OrderEnforcing;
    expect(endless.env).toBeInstanceOf(Toy);
  });

  test("leaves wrappers out on demand", () => {
    expect(filled(SPEC).make("toy", { wrap: false })).toBeInstanceOf(Toy);
  });

  test.each([
    ["test/Toy-v2", 'unknown environment "test/Toy-v2"; did you mean "test/Toy-v1"?'],
    ["Toy-v1", 'unknown environment "Toy-v1"; did you mean "test/Toy-v1"?'],
    ["tyo", 'unknown environment "tyo"; did you mean "toy"?'],
    ["TOY", 'unknown environment "TOY"; did you mean "toy"?'],
    ["something-else", 'unknown environment "something-else"; known: toy, test/Toy-v1'],
  ])("refuses %s", (name, message) => {
    expect(() => filled(SPEC).make(name)).toThrow(message);
  });
});

describe("the options of make", () => {
  const make = (options: MakeOptions) => filled(SPEC).make<Float32Array, number>("toy", options);

  test("default options hold at every reset, and those of a reset override them", () => {
    const env = make({ options: { alter_after: 7 } });
    const toy = env.unwrapped as unknown as Toy;
    env.reset({ seed: 1 });
    expect(toy.alterAfter).toBe(7);
    env.reset();
    expect(toy.alterAfter).toBe(7);
    env.reset({ options: { alter_after: 9 } });
    expect(toy.alterAfter).toBe(9);
    const bare = make({ options: { alter_after: 7 }, wrap: false });
    expect(bare).toBeInstanceOf(DefaultOptions);
    expect(bare.unwrapped).toBeInstanceOf(Toy);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ alter_aftr: 1 }, 'unknown option of test/Toy-v1: "alter_aftr"; did you mean "alter_after"?'],
    [{ alter_after: 101 }, "test/Toy-v1: option alter_after must be from 0 to 100, got 101"],
    [{ alter_after: "1" }, 'test/Toy-v1: option alter_after must be a number, got "1"'],
    [{ alter_after: null }, "test/Toy-v1: option alter_after must be a number, got null"],
  ])("refuses the default options %o at once", (options, message) => {
    expect(() => make({ options })).toThrow(message);
  });

  test("leaves an object, such as a workload, to the environment", () => {
    const env = make({ options: { alter_after: {} } });
    expect(() => env.reset({ seed: 1 })).toThrow("option alter_after must be a number, got {}");
  });

  test("maxEpisodeSteps replaces the limit of the spec, and null removes it", () => {
    const lengthOf = (env: Env<Float32Array, number>): [number, boolean] => {
      env.reset({ seed: 1 });
      for (let steps = 1; ; steps++) {
        const { terminated, truncated } = env.step(0);
        if (terminated || truncated) return [steps, truncated];
      }
    };
    expect(lengthOf(make({}))).toEqual([30, true]);
    expect(lengthOf(make({ maxEpisodeSteps: 5 }))).toEqual([5, true]);
    expect(lengthOf(make({ maxEpisodeSteps: null }))).toEqual([40, false]);
    expect(make({ maxEpisodeSteps: 5 }).spec).toEqual({ ...SPEC, maxEpisodeSteps: 5 });
    expect(make({ maxEpisodeSteps: null, wrap: false }).spec.maxEpisodeSteps).toBeNull();
    expect(filled(SPEC).spec("toy").maxEpisodeSteps).toBe(30);
  });

  test.each([0, -1, 2.5, Number.NaN, "5" as unknown as number])(
    "refuses a maxEpisodeSteps of %s",
    (maxEpisodeSteps) => {
      expect(() => make({ maxEpisodeSteps })).toThrow(
        new RangeError(`test/Toy-v1: maxEpisodeSteps must be a positive whole number or null, got ${maxEpisodeSteps}`),
      );
    },
  );

  test("refuses a limit that nothing would enforce", () => {
    expect(() => make({ maxEpisodeSteps: 5, wrap: false })).toThrow(
      new RangeError("test/Toy-v1: maxEpisodeSteps 5 needs the wrapper TimeLimit, so not wrap: false"),
    );
  });
});

describe("makeVec", () => {
  test("makes as many environments as make would, each by itself, in a VectorEnv", () => {
    const vector = filled(SPEC).makeVec("toy", {
      numEnvs: 3,
      autoresetMode: "disabled",
      splits: ["train"],
      options: { alter_after: 7 },
      maxEpisodeSteps: 5,
    });
    expect(vector).toBeInstanceOf(VectorEnv);
    expect([vector.numEnvs, vector.autoresetMode]).toEqual([3, "disabled"]);
    expect(new Set(vector.envs).size).toBe(3);
    vector.reset({ seed: 0 });
    for (const env of vector.envs) {
      expect(env).toBeInstanceOf(OrderEnforcing);
      expect(env.spec.maxEpisodeSteps).toBe(5);
      const toy = env.unwrapped as unknown as Toy;
      expect([toy.alterAfter, toy.context.splits]).toEqual([7, ["train"]]);
    }
    for (let step = 0; step < 5; step++) vector.step(new Int32Array(3));
    expect([...vector.truncations]).toEqual([1, 1, 1]);
  });

  test.each([0, -1, 1.5, Number.NaN, undefined as unknown as number])("refuses %s environments", (numEnvs) => {
    expect(() => filled(SPEC).makeVec("toy", { numEnvs })).toThrow(
      new RangeError(`test/Toy-v1: numEnvs must be a positive whole number, got ${numEnvs}`),
    );
  });

  test("refuses what make refuses, and unknown autoreset modes", () => {
    const makeVec = (name: string, options: Partial<MakeVecOptions>) => () =>
      filled(SPEC).makeVec(name, { numEnvs: 2, ...options });
    expect(makeVec("tyo", {})).toThrow('unknown environment "tyo"; did you mean "toy"?');
    expect(makeVec("toy", { maxEpisodeSteps: 0 })).toThrow("maxEpisodeSteps must be a positive whole number or null");
    expect(makeVec("toy", { autoresetMode: "samestep" as "same-step" })).toThrow(
      'unknown autoreset mode "samestep"; did you mean "same-step"?',
    );
  });
});

describe("register", () => {
  const refused = (changes: Partial<EnvSpec>, message: string) =>
    expect(() => filled({ ...SPEC, ...changes })).toThrow(message);

  test("refuses malformed ids and aliases", () => {
    refused({ id: "Toy" }, 'an environment\'s id must look like namespace/Name-v1 or Name-v1, got "Toy"');
    refused({ id: "a/b/Toy-v1" }, "must look like");
    refused({ id: "Toy-v" }, "must look like");
    refused({ alias: "Toy" }, 'test/Toy-v1: the alias must be lower-case letters, digits and -, got "Toy"');
  });

  test("refuses taken ids and aliases", () => {
    expect(() => filled(SPEC, { ...SPEC, alias: "other" })).toThrow("test/Toy-v1 is already registered by test/Toy-v1");
    expect(() => filled(SPEC, { ...SPEC, id: "Other-v1" })).toThrow("toy is already registered by test/Toy-v1");
  });

  test("refuses a family of workloads in two splits", () => {
    refused(
      { workloads: [...WORKLOADS, { name: "sort-small", family: "sort", split: "test" }] },
      "test/Toy-v1: workload sort-small is in test, but others of the family sort are in train",
    );
  });

  test("refuses two workloads or options of one name", () => {
    refused({ workloads: [...WORKLOADS, WORKLOADS[0]] }, "test/Toy-v1: two workloads are called sort");
    refused({ options: [...SPEC.options, ...SPEC.options] }, "test/Toy-v1: two options are called alter_after");
  });

  test("refuses what JSON cannot hold, and limits that are none", () => {
    refused({ rewardThreshold: Number.POSITIVE_INFINITY }, "test/Toy-v1: the spec must be plain data");
    refused({ maxEpisodeSteps: 0 }, "maxEpisodeSteps must be a positive whole number or null, got 0");
  });

  test("keeps a copy that nobody can change", () => {
    const spec = { ...SPEC, workloads: [...WORKLOADS] };
    const registry = filled(spec);
    spec.workloads.pop();
    expect(registry.spec("toy").workloads).toEqual(WORKLOADS);
    expect(() => (registry.spec("toy").workloads as WorkloadEntry[]).pop()).toThrow(TypeError);
  });
});

test("list gives the specs sorted by id, as plain data", () => {
  const [a, b] = [
    { ...SPEC, id: "b/A-v1", alias: "a" },
    { ...SPEC, id: "a/B-v1", alias: "b" },
  ];
  const list = filled(a, b).list();
  expect(list).toEqual([b, a]);
  expect(JSON.parse(JSON.stringify(list))).toEqual([b, a]);
});

describe("the split guard", () => {
  test("without splits, allows everything", () => {
    const context = contextOf({});
    expect(context.splits).toBeNull();
    expect(context.workloads).toEqual(WORKLOADS);
    expect(context.openWorkload("gcc")).toEqual(WORKLOADS[3]);
    for (const seed of [0, 1_000_000, 2_999_999, 3_000_000, Number.MAX_SAFE_INTEGER]) {
      expect(() => context.checkSeed(seed)).not.toThrow();
    }
  });

  test("opens only workloads of the allowed splits", () => {
    const context = contextOf({ splits: ["train", "validation"] });
    expect(context.workloads.map(({ name }) => name)).toEqual(["sort", "sort-large", "redis"]);
    expect(context.openWorkload("redis").family).toBe("redis");
    expect(() => context.openWorkload("gcc")).toThrow(
      new SplitError("workload gcc is in the split test; allowed here: train, validation"),
    );
    expect(() => context.openWorkload("sorted")).toThrow(
      'unknown workload of test/Toy-v1: "sorted"; did you mean "sort"?',
    );
  });

  test.each([
    ["train", [0, 999_999], [1_000_000, 2_000_000, 3_000_000]],
    ["validation", [1_000_000, 1_999_999], [999_999, 2_000_000]],
    ["test", [2_000_000, 2_999_999], [0, 1_999_999, 3_000_000]],
  ] as const)("allows the seeds of %s only", (split, good, bad) => {
    const context = contextOf({ splits: [split] });
    for (const seed of good) {
      expect(() => context.checkSeed(seed)).not.toThrow();
    }
    for (const seed of bad) {
      expect(() => context.checkSeed(seed)).toThrow(SplitError);
    }
  });

  test("names seed and split", () => {
    const context = contextOf({ splits: ["train"] });
    expect(() => context.checkSeed(2_000_000)).toThrow(
      "seed 2000000 belongs to the split test; allowed here: train (0 to 999999)",
    );
    expect(() => context.checkSeed(5_000_000)).toThrow("seed 5000000 belongs to no split");
    expect(() => context.checkSeed(-1)).toThrow("seed must be a whole number");
  });

  test("refuses splits that hold nothing or do not exist", () => {
    const registry = filled({ ...SPEC, workloads: WORKLOADS.slice(0, 2) });
    expect(() => registry.make("toy", { splits: ["test"] })).toThrow(
      "test/Toy-v1: no workload is in the allowed splits: test",
    );
    expect(() => registry.make("toy", { splits: [] })).toThrow("no workload is in the allowed splits: none");
    expect(() => registry.make("toy", { splits: ["tests" as "test"] })).toThrow(
      'unknown split "tests"; did you mean "test"?',
    );
  });
});
