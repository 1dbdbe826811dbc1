import { describe, expect, it } from "vitest";
import { remainingSeconds } from "../../../harness/benchmark/remaining_time.ts";

describe("remainingSeconds", () => {
  it("knows nothing before anything was seen", () => {
    expect(remainingSeconds([], ["a"], 2)).toBeNull();
    expect(remainingSeconds([{ kind: "a", seconds: 3, share: 0.01 }], ["a"], 2)).toBeNull();
  });

  it("expects jobs to take as long as those of their kind, and shares them among the workers", () => {
    const done = [
      { kind: "a", seconds: 10, share: 1 },
      { kind: "a", seconds: 20, share: 1 },
      { kind: "b", seconds: 100, share: 1 },
    ];
    // Three of 15 s and one of 100 s.
    expect(remainingSeconds(done, ["a", "a", "a", "b"], 1)).toBe(145);
    // One job of 100 s cannot be shared.
    expect(remainingSeconds(done, ["a", "a", "a", "b"], 2)).toBe(100);
    // What was never seen takes as long as all in the mean.
    expect(remainingSeconds(done, ["c"], 1)).toBeCloseTo(130 / 3, 12);
    expect(remainingSeconds(done, [], 2)).toBe(0);
  });

  it("goes by the share that is done where no job of the kind is finished", () => {
    expect(remainingSeconds([{ kind: "a", seconds: 10, share: 0.25 }], ["a"], 1)).toBe(30 + 40);
    const late = [
      { kind: "a", seconds: 10, share: 1 },
      { kind: "a", seconds: 12, share: 0.5 },
    ];
    expect(remainingSeconds(late, [], 1)).toBe(0);
  });
});
