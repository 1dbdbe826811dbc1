import fc from "fast-check";
import { expect, test } from "vitest";
import { BatchForward } from "../../agents/batch_forward.ts";
import { Mlp } from "../../agents/mlp.ts";
import { randomStream } from "../../kernel/random.ts";

test("all inputs at once equal one input at a time, for all sizes and any columns with equal values", () => {
  const size = fc.integer({ min: 1, max: 11 });
  const sizes = fc.array(size, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(), size, sizes, fc.nat({ max: 2047 }), (seed, rows, layers, sameColumns) => {
      const mlp = new Mlp(layers, 3);
      const batch = new BatchForward(mlp, rows);
      const [inputs] = layers;
      const outputs = layers.at(-1)!;
      const random = randomStream(seed, "batch");
      const parameters = new Float32Array(3 + mlp.parameterCount).map(() => random.normal());
      // Two passes, so that numbers that the first leaves in the buffers would spoil the second.
      for (let pass = 0; pass < 2; pass++) {
        const input = new Float32Array(2 + rows * inputs).map(() => random.normal());
        for (let i = 0; i < rows * inputs; i++) {
          if ((sameColumns >> (i % inputs)) & 1) {
            input[2 + i] = input[2 + (i % inputs)];
          }
        }
        const expected = new Float32Array(1 + rows * outputs);
        for (let row = 0; row < rows; row++) {
          mlp.forward(parameters, input, 2 + row * inputs, expected, 1 + row * outputs);
        }
        const got = new Float32Array(1 + rows * outputs + 1).fill(7);
        batch.forward(parameters, input, 2, got, 1);
        expect([got[0], got.at(-1)]).toEqual([7, 7]);
        for (let i = 1; i <= rows * outputs; i++) {
          expect(Math.abs(got[i] - expected[i])).toBeLessThan(1e-4 * (1 + Math.abs(expected[i])));
        }
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});
