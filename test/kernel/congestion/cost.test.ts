import { describe, expect, it } from "vitest";
import { CostLedger, tailCount, UNFINISHED } from "../../../kernel/congestion/cost.ts";
import { randomStream } from "../../../kernel/random.ts";

/** A ledger after a run whose messages reached these slowdowns, one after another. */
function played(slowdowns: readonly number[], tail = 1, worst = tail): CostLedger {
  const ledger = new CostLedger(slowdowns.length, false, { tail, worst });
  slowdowns.forEach((slowdown, i) => {
    ledger.finish(i, slowdown, 1000 * (i + 1));
  });
  return ledger;
}

describe("the tail", () => {
  it("is a twentieth of the messages, rounded up, and at least one", () => {
    expect([1, 2, 20, 21, 40, 41, 1000].map(tailCount)).toEqual([1, 1, 1, 2, 2, 3, 50]);
  });

  it("is the mean of the slowest, in whatever order they are done", () => {
    const random = randomStream(1, "test/cost");
    for (let trial = 0; trial < 50; trial++) {
      const slowdowns = Array.from({ length: 1 + random.integer(200) }, () => 1 + 9 * random.next());
      const slowest = [...slowdowns].sort((a, b) => b - a).slice(0, tailCount(slowdowns.length));
      const mean = slowest.reduce((sum, slowdown) => sum + slowdown, 0) / slowest.length;
      expect(played(slowdowns).tail).toBeCloseTo(mean, 10);
    }
  });

  it("is relative to what no policy can avoid", () => {
    expect(played([1, 8, 2], 4).tail).toBe(2);
    expect(played([1, 8, 2], 4).cost(0.25)).toBeCloseTo(Math.log(2), 12);
  });

  it("counts unfinished messages only at the end", () => {
    const ledger = new CostLedger(40, false, { tail: 1, worst: 1 });
    expect(ledger.tail).toBe(1);
    ledger.finish(3, 5, 100);
    expect(ledger.tail).toBe(3);
    ledger.abandon(4, 1000);
    expect(ledger.tail).toBe((5 + UNFINISHED * 4) / 2);
  });

  it("is worse by half or more for a message that never began than for the least worst one", () => {
    const ledger = new CostLedger(1, false, { tail: 4, worst: 6 });
    ledger.abandon(0, 1000);
    expect(ledger.tail).toBe((UNFINISHED * 6) / 4);
  });

  it("is the makespan where only that counts", () => {
    const ledger = new CostLedger(2, true, { tail: 1000, worst: 1000 });
    ledger.finish(0, 50, 800);
    expect(ledger.tail).toBe(1);
    ledger.finish(1, 70, 1500);
    expect(ledger.tail).toBe(1.5);
    const stopped = new CostLedger(2, true, { tail: 1000, worst: 1000 });
    stopped.abandon(3, 900);
    expect(stopped.tail).toBe(UNFINISHED);
  });
});

describe("the queue", () => {
  it("is the time in all switches over the base round trip, by bytes", () => {
    const ledger = new CostLedger(2, false, { tail: 1, worst: 1 });
    expect(ledger.queue).toBe(0);
    // 3000 bytes wait in two switches; 1000 bytes on a longer path wait in none.
    ledger.wait(3000, 400);
    ledger.wait(3000, 600);
    ledger.deliver(3000, 4000);
    ledger.deliver(1000, 8000);
    expect(ledger.queue).toBeCloseTo((0.75 * 1000) / (0.75 * 4000 + 0.25 * 8000), 12);
    expect(ledger.bytes).toBe(4000);
    expect(ledger.cost(0.5)).toBeCloseTo(0.5 * Math.log1p(ledger.queue), 12);
  });
});

describe("the cost", () => {
  it("ranks a fixed share, half of it, and full rate for eight senders", () => {
    // Closed forms. A fixed share ends at the least makespan. Half of it takes twice as long. At full rate there is a
    // queue all the time.
    const share = (tail: number, queue: number) => {
      const ledger = new CostLedger(1, false, { tail: 8, worst: 8 });
      ledger.wait(1, queue);
      ledger.deliver(1, 1);
      ledger.finish(0, tail, 1);
      return ledger.cost(0.25);
    };
    expect(share(8, 0)).toBe(0);
    expect(share(16, 0)).toBeCloseTo(Math.log(2), 12);
    expect(share(8, 93)).toBeCloseTo(0.25 * Math.log(94), 12);
    expect(share(16, 0)).toBeLessThan(share(8, 93));
  });

  it("continues the same in a copy, which shares nothing", () => {
    const ledger = played([3, 2, 7, 4], 2);
    ledger.wait(10, 5);
    ledger.deliver(10, 2);
    const copy = ledger.fork();
    expect(copy.cost(0.25)).toBe(ledger.cost(0.25));
    expect(copy.slowdowns).toEqual(ledger.slowdowns);
    copy.abandon(100, 5000);
    copy.wait(10, 50);
    expect(ledger.cost(0.25)).toBeCloseTo(Math.log(3.5) + 0.25 * Math.log(3.5), 12);
    expect(copy.cost(0.25)).toBeGreaterThan(ledger.cost(0.25));
  });
});
