import { describe, expect, it } from "vitest";
import { hashKey, hashUniform, randomStream, restoreStream } from "../../kernel/random.ts";

describe("randomStream", () => {
  it("gives the same numbers for the same seed, purpose and index, and other numbers otherwise", () => {
    const draw = (seed: number, purpose: string, index?: number) => {
      const stream = randomStream(seed, purpose, index);
      return [stream.next(), stream.next(), stream.next()];
    };
    expect(draw(1, "a")).toEqual(draw(1, "a"));
    expect(draw(1, "a")).not.toEqual(draw(2, "a"));
    expect(draw(1, "a")).not.toEqual(draw(1, "b"));
    expect(draw(1, "a", 0)).not.toEqual(draw(1, "a", 1));
  });

  it("continues from a saved state and from a fork", () => {
    const stream = randomStream(7, "x");
    stream.next();
    const saved = restoreStream(JSON.parse(JSON.stringify(stream.state())));
    const forked = stream.fork();
    const next = [stream.next(), stream.next()];
    expect([saved.next(), saved.next()]).toEqual(next);
    expect([forked.next(), forked.next()]).toEqual(next);
  });

  it("has the moments of its distributions", () => {
    const stream = randomStream(3, "moments");
    const n = 20000;
    let normal = 0;
    let square = 0;
    let exponential = 0;
    for (let i = 0; i < n; i++) {
      const value = stream.normal();
      normal += value / n;
      square += (value * value) / n;
      exponential += stream.exponential() / n;
    }
    expect(Math.abs(normal)).toBeLessThan(0.03);
    expect(square).toBeCloseTo(1, 1);
    expect(exponential).toBeCloseTo(1, 1);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])("refuses %s as a seed", (seed) => {
    expect(() => randomStream(seed, "x")).toThrow(/seed must be a whole number/);
  });
});

describe("hashUniform", () => {
  it("is uniform over indices and independent of the order of calls", () => {
    const key = hashKey(1, "test");
    const counts = new Array<number>(16).fill(0);
    for (let a = 0; a < 100; a++) for (let b = 0; b < 100; b++) counts[Math.floor(hashUniform(key, a, b) * 16)]++;
    for (const count of counts) expect(Math.abs(count - 625)).toBeLessThan(125);
    const forwards = hashUniform(key, 3, 4);
    hashUniform(key, 9, 9);
    expect(hashUniform(key, 3, 4)).toBe(forwards);
    expect(hashUniform(hashKey(2, "test"), 3, 4)).not.toBe(forwards);
  });
});
