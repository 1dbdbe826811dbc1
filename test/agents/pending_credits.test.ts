import { describe, expect, it } from "vitest";
import { PendingCredits } from "../../agents/pending_credits.ts";

const credits = (...given: readonly (readonly [step: number, reward: number])[]) => ({
  steps: Int32Array.from(given, ([step]) => step),
  rewards: Float32Array.from(given, ([, reward]) => reward),
});

/** Decisions with two features, `[i, -i]` for decision i, that await credits; and `out`, the decisions that left. */
function example(capacity: number) {
  const pendingCredits = new PendingCredits(2, capacity);
  const out: { features: number[]; value: number }[] = [];
  const receive = (features: Float32Array, offset: number, value: number) => {
    out.push({ features: [...features.subarray(offset, offset + 2)], value });
  };
  let next = 0;
  const add = (count: number) => {
    for (let i = 0; i < count; i++, next++) {
      if (pendingCredits.full) pendingCredits.takeOldest(receive);
      pendingCredits.add(Float32Array.of(99, next, -next), 1);
    }
  };
  return { pendingCredits, out, receive, add };
}

describe("decisions that await credits", () => {
  it("leave in order, with their features and the sum of their credits", () => {
    const { pendingCredits, out, receive, add } = example(3);
    add(3);
    pendingCredits.credit(credits([0, 1], [2, 0.5], [0, 2]));
    pendingCredits.creditLast(4);
    pendingCredits.end(receive);
    expect(out).toEqual([
      { features: [0, -0], value: 3 },
      { features: [1, -1], value: 0 },
      { features: [2, -2], value: 4.5 },
    ]);
  });

  it("wait for `capacity` later steps", () => {
    const { pendingCredits, out, add } = example(2);
    add(3);
    expect([pendingCredits.full, out.length]).toEqual([true, 0]);
    pendingCredits.credit(credits([0, 7]));
    add(1);
    expect(out).toEqual([{ features: [0, -0], value: 7 }]);
  });

  it("do not wait when the capacity is 0", () => {
    const { pendingCredits, out, add } = example(0);
    for (let i = 0; i < 3; i++) {
      add(1);
      pendingCredits.creditLast(i);
    }
    expect(out.map(({ value }) => value)).toEqual([0, 1]);
  });

  it("ignore credits for decisions that have left or have not entered", () => {
    const { pendingCredits, out, receive, add } = example(1);
    add(5);
    pendingCredits.credit(credits([0, 1], [2, 1], [3, 10], [4, 100], [5, 1], [6, 1]));
    pendingCredits.end(receive);
    expect(out.map(({ value }) => value)).toEqual([0, 0, 0, 10, 100]);
  });

  it("start again with the next episode", () => {
    const { pendingCredits, out, receive, add } = example(4);
    add(3);
    pendingCredits.credit(credits([1, 5]));
    pendingCredits.end(receive);
    add(1);
    pendingCredits.credit(credits([0, 2], [1, 3]));
    pendingCredits.end(receive);
    expect(out.map(({ value }) => value)).toEqual([0, 5, 0, 2]);
    add(2);
    pendingCredits.restart();
    add(1);
    pendingCredits.end(receive);
    expect(out.at(-1)).toEqual({ features: [6, -6], value: 0 });
    expect(out).toHaveLength(5);
  });
});
