import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agreement } from "../../../harness/export/agreement.ts";
import { networkToC } from "../../../harness/export/c_network.ts";
import {
  compile,
  compilePolicy,
  findCompiler,
  KERNEL_FLAGS,
  replay,
  runInputs,
  runRandom,
} from "../../../harness/export/compiler.ts";
import { fixedValues } from "../../../harness/export/fixed_values.ts";
import {
  actionsOf,
  decideInIntegers,
  type IntegerNetwork,
  inputsOf,
  isRead,
} from "../../../harness/export/integer_policy.ts";
import { networkToIntegers, type WeightBits } from "../../../harness/export/network_to_integers.ts";
import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import { CASES, randomPolicy, randomRecording } from "./small_policies.ts";

const compiler = findCompiler();
const about = { env: "ring0/Tiering-v1", what: "a test's network", decisions: 1 };

/** Random inputs of each policy; `bench --exported` tries 100,000. */
const RANDOM = 1000;

/** Each shape with 16 bits, and one of each kind of code with 8. */
const BUILDS = CASES.flatMap((shape) =>
  ([16, 8] as const)
    .filter((bits) => bits === 16 || shape.name === "box" || shape.name === "shared")
    .map((bits) => [shape.name, bits, shape] as const),
);

describe.runIf(compiler !== null).each(BUILDS)(
  "a policy of shape %s with %i-bit weights",
  (name, bits: WeightBits, shape) => {
    const policy = randomPolicy(shape);
    const { shape: sides } = shape.observationSpace;
    const features = sides[sides.length - 1];
    const names = Array.from({ length: features }, (_, i) => `feature ${i}, /* us */`);
    const recorded = randomRecording(policy, features, 400, 1, shape.shared);
    const network = networkToIntegers(policy, names, recorded, bits);
    const files = networkToC({ ...about, name }, network, bits);
    const folder = mkdtempSync(join(tmpdir(), "ring0-test-"));
    let sanitized: ReturnType<typeof compilePolicy>;

    beforeAll(() => {
      sanitized = compilePolicy(compiler!, name, files, folder, { sanitize: true });
    });

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("compiles for a kernel and needs no library", () => {
      compile(compiler!, [
        ...KERNEL_FLAGS,
        "-Wframe-larger-than=2048",
        "-c",
        `${folder}/ring0_${name}.c`,
        "-o",
        `${folder}/kernel.o`,
      ]);
      expect(execFileSync("nm", ["-u", `${folder}/kernel.o`], { encoding: "utf8" }).trim()).toBe("");
      expect(files.source).not.toMatch(/\b(float|double|malloc)\b/);
    });

    it("decides what its integers decide here, without a finding of the sanitizers", () => {
      const other = randomRecording(policy, features, 300, 2, shape.shared);
      const { actions, results } = replay(sanitized, network, other);
      expect(actions).toEqual(decideAll(network, other.count, (i) => fixedValues(network, other, i)));
      expect(results.every((result) => result === 0)).toBe(true);
    });

    it("decides the same for random inputs, whose numbers have any size", () => {
      const length = inputsOf(network);
      const size = actionsOf(network);
      const random = randomStream(4, "test/export/inputs");
      const inputs = Int32Array.from({ length: RANDOM * length }, () =>
        random.next() < 0.1 ? extreme(random) : Math.round(random.uniform(-1, 1) * 2 ** random.uniform(0, 31)),
      );
      const { actions, results } = runInputs(sanitized, network, new Uint8Array(inputs.buffer));
      const input = (i: number) => inputs.subarray(i * length, (i + 1) * length);
      expect(actions).toEqual(decideAll(network, RANDOM, input));
      const own = new Int32Array(size);
      expect(results).toEqual(results.map((_, i) => decideInIntegers(network, input(i), own)));
    });

    it("has legal actions for the random inputs of the harness", () => {
      const { actions, results } = runRandom(sanitized, network, RANDOM);
      expect(results).toHaveLength(RANDOM);
      const size = actionsOf(network);
      const wrong = actions.findIndex((value, i) => {
        const [low, high] = boundsOf(network, i % size);
        return value < low || value > high;
      });
      expect(wrong, `action ${actions[wrong]}`).toBe(-1);
    });

    it("agrees with the policy", () => {
      const other = randomRecording(policy, features, 400, 3, shape.shared);
      const { actions } = replay(sanitized, network, other);
      const { same, largest } = agreement(network.action, other, actions);
      // A step is a thousandth of these actions, and 8 bits carry two digits.
      if (bits === 16) expect(same).toBeGreaterThan(0.99);
      else if (network.action.kind === "box") expect(largest).toBeLessThan(0.25);
      else expect(same).toBeGreaterThan(0.9);
    });
  },
);

describe("the header", () => {
  const shape = CASES.find(({ name }) => name === "scorer")!;
  const policy = randomPolicy(shape);
  const names = Array.from({ length: 9 }, (_, i) => (i === 2 ? "x */ int y; /*" : `feature ${i} / us`));
  const network = networkToIntegers(policy, names, randomRecording(policy, 9, 400, 1), 16);
  const { header } = networkToC({ ...about, name: "scorer" }, network, 16);

  it("describes every feature, with its scale, unit and range", () => {
    for (const [i, { shift }] of network.features.entries()) {
      expect(header).toContain(`#define RING0_SCORER_FEATURE_${i}_SHIFT ${shift}`);
    }
    expect(header).toMatch(/0: feature 0 \/ us; recorded -1\.\d+ to 1\.\d+, saturates -[56]\.\d+ to [56]\.\d+ /);
    expect(header).toContain(`#define RING0_SCORER_INPUTS ${inputsOf(network)}`);
    expect(header).toContain("#define RING0_SCORER_CANDIDATES 6");
  });

  it("says which feature is not read because it never changed", () => {
    expect(network.features.map(isRead)).toEqual([...new Array(8).fill(true), false]);
    expect(header).toContain("8: feature 8 / us; recorded 0.5 to 0.5, not read");
    expect(header).toContain("#define RING0_SCORER_FEATURE_8_READ 0");
  });

  it("keeps a name inside its comment", () => {
    expect(header).toContain("2: x * / int y; / *; recorded");
  });
});

it("decides -1 and the first alternative where the mask allows none", () => {
  const shape = CASES.find(({ name }) => name === "multi_discrete")!;
  const policy = randomPolicy(shape);
  const network = networkToIntegers(policy, new Array(11).fill("x"), randomRecording(policy, 11, 100, 1), 16);
  const action = new Int32Array(3);
  const values = new Int32Array(inputsOf(network));
  values.set([0, 1, 1, 0, 0, 0, 0, 0, 1], 11);
  expect(decideInIntegers(network, values, action)).toBe(-1);
  expect([...action]).toEqual([action[0], 0, 3]);
  expect(action[0]).toBeGreaterThan(0);
});

function extreme(random: RandomStream): number {
  return [-(2 ** 31), 2 ** 31 - 1, 0, 1, -1][random.integer(5)];
}

function decideAll(network: IntegerNetwork, count: number, input: (i: number) => Int32Array): Int32Array {
  const size = actionsOf(network);
  const actions = new Int32Array(count * size);
  for (let i = 0; i < count; i++) decideInIntegers(network, input(i), actions.subarray(i * size, (i + 1) * size));
  return actions;
}

function boundsOf({ action }: IntegerNetwork, at: number): [number, number] {
  if (action.kind === "box") return [action.low[at] ?? -(2 ** 31), action.high[at] ?? 2 ** 31];
  return [action.start, action.start + action.counts[at] - 1];
}
