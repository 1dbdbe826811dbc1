import { describe, expect, it } from "vitest";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import { ConfidenceSequence } from "../../ladder/confidence_sequence.ts";

/** A value of Student's t with 3 degrees of freedom, scaled to variance 1. */
function heavy(random: RandomStream): number {
  const squares = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
  return random.normal() / Math.sqrt(squares / 3) / Math.sqrt(3);
}

/** Share of streams whose lower bound is ever above 0 within `length` values. */
function everAbove(draw: (random: RandomStream) => number, alpha: number, streams: number, length: number): number {
  let above = 0;
  for (let stream = 0; stream < streams; stream++) {
    const random = randomStream(stream, "test/confidence-sequence");
    const sequence = new ConfidenceSequence(64);
    for (let n = 1; n <= length; n++) {
      sequence.add(draw(random));
      if (n >= 64 && sequence.lower(alpha) > 0) {
        above++;
        break;
      }
    }
  }
  return above / streams;
}

describe("ConfidenceSequence", () => {
  it("has the mean, the deviation and the width of its formula", () => {
    const sequence = new ConfidenceSequence(32);
    for (const value of [1, 2, 3, 6]) sequence.add(value);
    expect(sequence.count).toBe(4);
    expect(sequence.mean).toBe(3);
    const deviation = Math.sqrt((4 + 1 + 0 + 9) / 3);
    expect(sequence.deviation).toBeCloseTo(deviation, 12);
    // -2 ln 0.1 = 4.60517; r = (4.60517 + ln 4.60517 + 1) / 64 = 0.111443
    const r = (4.605170186 + Math.log(4.605170186) + 1) / 64;
    const width = deviation * Math.sqrt(((2 * (4 * r + 1)) / (16 * r)) * Math.log(Math.sqrt(4 * r + 1) / 0.1));
    expect(sequence.lower(0.05)).toBeCloseTo(3 - width, 8);
    expect(sequence.upper(0.05)).toBeCloseTo(3 + width, 8);
  });

  it("is sure of nothing before the second value, and of no gain from identical arms ever", () => {
    const sequence = new ConfidenceSequence(32);
    expect([sequence.lower(0.05), sequence.upper(0.05)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    for (let i = 0; i < 1000; i++) sequence.add(0);
    expect(sequence.lower(0.05)).toBeLessThan(0);
    expect(sequence.lower(0.05)).toBeGreaterThan(-1e-5);
  });

  it("looked at after every value, is wrong about a null stream in at most 5 % of streams", () => {
    expect(everAbove((random) => random.normal(), 0.05, 400, 2000)).toBeLessThanOrEqual(0.05);
    expect(everAbove(heavy, 0.05, 400, 2000)).toBeLessThanOrEqual(0.05);
  });

  it("finds an effect of half a standard deviation by the first look in most streams", () => {
    expect(everAbove((random) => random.normal() + 0.5, 0.05, 200, 80)).toBeGreaterThan(0.5);
  });
});
