import { describe, expect, it } from "vitest";
import { hpcc, hpccTuned } from "../../baselines/congestion/hpcc.ts";
import { powertcp, powertcpTuned } from "../../baselines/congestion/powertcp.ts";
import { LINE, runProgram } from "./congestion_table.ts";

describe("HPCC", () => {
  it("only remembers the first telemetry", () => {
    const run = runProgram(hpcc).begin();
    expect(run.window).toBe(50_000);
    run.hear(4000, { stamp: { queue: 50_000, sent: 0, time: 3000 } });
    expect(run.rate).toBe(LINE);
  });

  it("follows what a link sent and the smaller queue, averaged over a round trip", () => {
    const run = runProgram(hpcc).begin();
    run.hear(4000, { stamp: { queue: 50_000, sent: 0, time: 3000 } });
    // Full for 160 ns of 4,000, and a round trip's bytes wait: load 2.
    run.hear(4160, { stamp: { queue: 60_000, sent: 2000, time: 3160 } });
    expect(run.rate).toBeCloseTo((LINE * 0.95) / 1.04 + 0.005, 12);
    // From the same reference, as no round trip has ended.
    run.hear(4320, { stamp: { queue: 50_000, sent: 4000, time: 3320 } });
    expect(run.rate).toBeCloseTo((LINE * 0.95) / (1.04 + 0.04 * 0.96) + 0.005, 12);
    expect(run.window).toBeCloseTo(run.rate * 4000, 9);
  });

  it("takes a new reference when a round trip ends", () => {
    const run = runProgram(hpcc).begin(1000);
    run.hear(4000, { stamp: { queue: 0, sent: 0, time: 0 } });
    run.table.sent[0] = 2000;
    // Load 1.9 at twice eta: half the rate.
    const full = (at: number) => ({ stamp: { queue: 0, sent: at * 23.75, time: at } });
    run.hear(13_000, full(8000));
    const half = LINE / 2 + 0.005;
    expect(run.rate).toBeCloseTo(half, 12);
    run.table.sent[0] = 9000;
    run.hear(21_000, full(16_000));
    expect(run.rate).toBeCloseTo(half / 2 + 0.005, 12);
    run.hear(29_000, full(24_000));
    expect(run.rate).toBeCloseTo((half / 2 + 0.005) / 2 + 0.005, 12);
    run.hear(37_000, full(32_000));
    expect(run.rate).toBeCloseTo((half / 2 + 0.005) / 2 + 0.005, 12);
  });

  it("increases only, for so many round trips, where stages say so", () => {
    const run = runProgram(hpccTuned, { stages: 2, start: 0.1 }).begin(1000);
    run.hear(4000, { stamp: { queue: 0, sent: 0, time: 3000 } });
    for (const [round, expected] of [1.255, 1.26].entries()) {
      run.table.sent[0] = 2000 + round;
      run.hear(12_000 + 8000 * round, {
        stamp: { queue: 0, sent: 50_000 * (round + 1), time: 11_000 + 8000 * round },
        sequence: 2000 + round,
      });
      expect(run.rate).toBeCloseTo(expected, 12);
    }
    run.hear(28_000, { stamp: { queue: 0, sent: 150_000, time: 27_000 }, sequence: 2002 });
    expect(run.rate).toBeCloseTo(1.26 * 1.9 + 0.005, 12);
  });
});

describe("PowerTCP", () => {
  it("multiplies what arrives by what is there: a queue that grows counts more than one that stays", () => {
    const run = runProgram(powertcp).begin();
    run.hear(4000, { stamp: { queue: 10_000, sent: 0, time: 3000 } });
    // 2,000 bytes sent and 1,000 more queued in 160 ns: 1.5 of the rate; a queue of 0.22 round trips.
    run.hear(4160, { stamp: { queue: 11_000, sent: 2000, time: 3160 } });
    const load = 1 + 0.04 * (1.5 * 1.22 - 1);
    expect(run.rate).toBeCloseTo(0.9 * ((LINE * 0.95) / load + 0.01875) + 0.1 * LINE, 12);
  });

  it("does not believe arrivals below half the rate", () => {
    const run = runProgram(powertcpTuned, { start: 0.1, eta: 1, gamma: 0.5 }).begin();
    run.hear(4000, { stamp: { queue: 0, sent: 0, time: 3000 } });
    run.hear(8000, { stamp: { queue: 0, sent: 1000, time: 7000 } });
    expect(run.rate).toBeCloseTo(0.5 * (1.25 / 0.5 + 0.01875) + 0.5 * 1.25, 12);
  });
});
