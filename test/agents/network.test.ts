import { memory } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Adam, clipNorm } from "../../agents/adam.ts";
import { selectBackend } from "../../agents/backend.ts";
import { createNetwork } from "../../agents/create_network.ts";
import { Mlp } from "../../agents/mlp.ts";
import type { NetworkConfig } from "../../agents/network.ts";
import { randomStream } from "../../kernel/random.ts";

const ARCHITECTURES: NetworkConfig[] = [
  { kind: "mlp", hidden: [], value: "none" },
  { kind: "mlp", hidden: [9], value: "none" },
  { kind: "mlp", hidden: [16, 12], value: "shared" },
  { kind: "mlp", hidden: [16, 12], value: "separate" },
  { kind: "scorer", hidden: [], value: "none", features: 5 },
  { kind: "scorer", hidden: [9], value: "separate", features: 5 },
  { kind: "scorer", hidden: [16, 12], value: "separate", features: 5 },
];

describe.each(["wasm", "cpu"] as const)("networks on %s", (backend) => {
  let tensorsBefore = 0;
  beforeAll(async () => {
    expect((await selectBackend(backend)).name).toBe(backend);
    tensorsBefore = memory().numTensors;
  });
  afterAll(() => {
    expect(memory().numTensors).toBe(tensorsBefore);
  });

  describe.each(ARCHITECTURES)("$kind $hidden, value $value", (config) => {
    const rows = 7;
    const network = createNetwork(config, config.kind === "mlp" ? 5 : 15, 3, 2);
    const parameters = network.initialise(randomStream(1, "test/init"));
    const random = randomStream(2, "test/rows");
    // Larger than the small initial weights of the policy, so that no error hides near 0.
    parameters.forEach((_, i) => {
      parameters[i] += 0.3 * random.normal();
    });
    const observations = new Float32Array(rows * network.inputs).map(() => random.normal());

    test("the typed-array forward equals the tfjs forward", () => {
      const batched = network.outputs(parameters, observations, rows);
      expect(batched).toHaveLength(rows * network.stride);
      const row = new Float32Array(network.stride);
      for (let i = 0; i < rows; i++) {
        network.act(parameters, observations, i * network.inputs, row, 0);
        for (let j = 0; j < network.width; j++) {
          expect(row[j]).toBeCloseTo(batched[i * network.stride + j], 5);
        }
      }
    });

    test("the gradient equals finite differences", () => {
      const weights = new Float32Array(rows * network.stride).map(() => random.normal());
      // The loss is curved in the outputs and also depends on the free parameters.
      const loss = (at: Float32Array) => {
        const outputs = network.outputs(at, observations, rows);
        let sum = 3 * at[network.freeOffset];
        outputs.forEach((value, i) => {
          sum += weights[i] * value + 0.5 * value * value;
        });
        return sum;
      };
      const gradient = new Float32Array(network.parameterCount).fill(Number.NaN);
      network.gradient(
        parameters,
        observations,
        rows,
        (outputs, dOutputs, dFree) => {
          outputs.forEach((value, i) => {
            dOutputs[i] = weights[i] + value;
          });
          dFree[0] += 3;
        },
        gradient,
      );
      const step = 1e-3;
      const here = loss(parameters);
      for (let i = 0; i < parameters.length; i++) {
        // The gradient lies between the one-sided differences, even when a ReLU bends within the step.
        const sides = [step, -step].map((change) => {
          const moved = parameters.slice();
          moved[i] += change;
          return (loss(moved) - here) / (moved[i] - parameters[i]);
        });
        const tolerance = 0.03 + 0.02 * Math.abs(gradient[i]);
        expect(gradient[i]).toBeGreaterThan(Math.min(...sides) - tolerance);
        expect(gradient[i]).toBeLessThan(Math.max(...sides) + tolerance);
      }
    });
  });
});

test("initial weights are orthogonal with the stated gains, biases are 0, and both depend only on the stream", () => {
  const mlp = new Mlp([4, 8, 3]);
  const make = (seed: number) => {
    const parameters = new Float32Array(mlp.parameterCount).fill(Number.NaN);
    mlp.initialise(parameters, randomStream(seed, "init"), [0.01, 0.01, 1]);
    return parameters;
  };
  const parameters = make(1);
  expect(make(1)).toEqual(parameters);
  expect(make(2)).not.toEqual(parameters);
  const dot = (a: (i: number) => number, b: (i: number) => number, length: number) => {
    let sum = 0;
    for (let i = 0; i < length; i++) {
      sum += a(i) * b(i);
    }
    return sum;
  };
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b < 4; b++) {
      const product = dot(
        (i) => parameters[a * 8 + i],
        (i) => parameters[b * 8 + i],
        8,
      );
      expect(product).toBeCloseTo(a === b ? 2 : 0, 5);
    }
  }
  const head = 4 * 8 + 8;
  const gains = [0.01, 0.01, 1];
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      const product = dot(
        (i) => parameters[head + i * 3 + a],
        (i) => parameters[head + i * 3 + b],
        8,
      );
      expect(product / (gains[a] * gains[b])).toBeCloseTo(a === b ? 1 : 0, 4);
    }
  }
  expect(parameters.subarray(32, 40).every((bias) => bias === 0)).toBe(true);
});

test("layer sizes are checked", () => {
  expect(() => new Mlp([4])).toThrow("at least two positive integers, got [4]");
  expect(() => new Mlp([4, 0, 1])).toThrow("got [4, 0, 1]");
});

test("an unknown backend is refused by name", async () => {
  await expect(selectBackend("gpu" as never)).rejects.toThrow(
    'unknown backend "gpu": allowed are auto, node, wasm, cpu',
  );
});

test("auto says why it skipped a backend", async () => {
  const { name, unavailable } = await selectBackend("auto");
  expect(["node", "wasm"]).toContain(name);
  expect(unavailable.length).toBe(name === "node" ? 0 : 1);
});

describe("Adam", () => {
  test("follows the published update rule", () => {
    const adam = new Adam(1, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 });
    const parameters = Float32Array.of(1);
    let mean = 0;
    let square = 0;
    let expected = 1;
    [0.5, -0.25, 2].forEach((gradient, t) => {
      adam.step(parameters, Float32Array.of(gradient), 0.1);
      mean = 0.9 * mean + 0.1 * gradient;
      square = 0.99 * square + 0.01 * gradient * gradient;
      expected -= (0.1 * (mean / (1 - 0.9 ** (t + 1)))) / (Math.sqrt(square / (1 - 0.99 ** (t + 1))) + 1e-8);
      expect(parameters[0]).toBeCloseTo(expected, 5);
    });
  });

  test("continues exactly from its state, and refuses another size", () => {
    const first = new Adam(2);
    const a = Float32Array.of(1, 2);
    first.step(a, Float32Array.of(0.1, -3), 0.01);
    const second = new Adam(2);
    second.restore(first.state());
    const b = a.slice();
    first.step(a, Float32Array.of(1, 1), 0.01);
    second.step(b, Float32Array.of(1, 1), 0.01);
    expect(b).toEqual(a);
    expect(() => new Adam(3).restore(first.state())).toThrow("2 parameters given to an optimiser of 3");
  });

  test("clipNorm shortens only long gradients", () => {
    const long = Float32Array.of(3, 4);
    expect(clipNorm(long, 1)).toBeCloseTo(5);
    expect(Math.hypot(...long)).toBeCloseTo(1);
    const short = Float32Array.of(0.3, 0.4);
    clipNorm(short, 1);
    expect([...short]).toEqual([...Float32Array.of(0.3, 0.4)]);
  });
});
