import { describe, expect, it } from "vitest";
import { cubic } from "../../baselines/congestion/cubic.ts";
import { dcqcn, dcqcnTuned } from "../../baselines/congestion/dcqcn.ts";
import { dctcp } from "../../baselines/congestion/dctcp.ts";
import { LINE, runProgram } from "./congestion_table.ts";

const G = 1 / 256;

describe("DCQCN", () => {
  it("begins at line rate without a window, and does nothing without a mark", () => {
    const run = runProgram(dcqcn).begin();
    run.hear(10_000);
    expect(run.rateAt(10_000_000)).toBe(LINE);
    expect(run.window).toBe(Infinity);
  });

  it("decreases 4 us and 1 ns after the first mark, by an estimate that fell for four periods", () => {
    const run = runProgram(dcqcn).begin();
    run.hear(10_000, { marked: 1 });
    expect(run.rateAt(14_000)).toBe(LINE);
    expect(run.rateAt(14_001)).toBeCloseTo(LINE * (1 - (1 - G) ** 4 / 2), 12);
  });

  it("counts one mark a period into the estimate, from the second on", () => {
    const run = runProgram(dcqcn).begin();
    run.hear(10_000, { marked: 1 });
    run.hear(12_100, { marked: 1 });
    run.hear(12_200, { marked: 1 });
    const twice = (1 - G) ** 2;
    const alpha = (twice + G * (1 - twice)) * (1 - G);
    expect(run.rateAt(14_001)).toBeCloseTo(LINE * (1 - alpha / 2), 12);
  });

  it("recovers half way to the target, and takes another target only after an increase", () => {
    const run = runProgram(dcqcn).begin();
    run.hear(10_000, { marked: 1 });
    const cut = run.rateAt(14_001);
    expect(run.rateAt(314_000)).toBe(cut);
    const recovered = run.rateAt(314_001);
    expect(recovered).toBeCloseTo((cut + LINE) / 2, 12);
    run.hear(314_500, { marked: 1 });
    const again = run.rateAt(318_001);
    expect(again).toBeLessThan(recovered);
    expect(run.rateAt(700_000)).toBeCloseTo((again + recovered) / 2, 12);
  });

  it("keeps the target through decreases without an increase between them", () => {
    const run = runProgram(dcqcn).begin();
    run.hear(10_000, { marked: 1 });
    run.hear(15_000, { marked: 1 });
    const cut = run.rateAt(18_001);
    expect(cut).toBeLessThan(LINE * 0.3);
    expect(run.rateAt(318_001)).toBeCloseTo((cut + LINE) / 2, 12);
  });

  it("adds 20 Mb/s to the target by the second increase and 200 by the third", () => {
    const run = runProgram(dcqcn).begin();
    run.hear(10_000, { marked: 1 });
    run.hear(315_000, { marked: 1 });
    const target = run.rateAt(317_000);
    const cut = run.rateAt(318_001);
    const first = (cut + target) / 2;
    const second = (first + target + 0.0025) / 2;
    expect(run.rateAt(618_001)).toBeCloseTo(first, 12);
    expect(run.rateAt(918_001)).toBeCloseTo(second, 12);
    expect(run.rateAt(1_218_001)).toBeCloseTo((second + target + 0.0275) / 2, 12);
  });

  it("is the same however often it is asked", () => {
    const seldom = runProgram(dcqcn).begin();
    const often = runProgram(dcqcn).begin();
    for (let now = 0; now < 2_000_000; now += 500) {
      if (now % 7500 === 0) {
        seldom.hear(now, { marked: now % 2500 === 0 ? 1 : 0 });
        often.hear(now, { marked: now % 2500 === 0 ? 1 : 0 });
      }
      often.rateAt(now);
    }
    expect(often.rateAt(2_000_000)).toBeCloseTo(seldom.rateAt(2_000_000), 9);
  });

  it("never goes below 1 Gb/s", () => {
    const run = runProgram(dcqcn).begin();
    for (let now = 0; now < 200_000; now += 100) run.hear(now, { marked: 1 });
    expect(run.rate).toBe(0.125);
  });

  it("has the start rate and a window among its knobs", () => {
    const run = runProgram(dcqcnTuned, { start: 0.2, window: 1.1, kmin_kb: 20, kmax_ratio: 3, pmax: 0.5 }).begin();
    expect(run.rate).toBeCloseTo(2.5, 12);
    expect(run.window).toBeCloseTo(11_000, 9);
    expect(run.program.marking).toEqual({ kmin: 20_000, kmax: 60_000, pmax: 0.5 });
  });
});

describe("DCTCP", () => {
  it("halves at the first mark, once in a round trip, with the window tied to the rate", () => {
    const run = runProgram(dctcp).begin();
    expect(run.window).toBe(50_000);
    run.hear(4000, { marked: 1 });
    expect(run.rate).toBeCloseTo(LINE / 2, 12);
    run.hear(4080, { marked: 1 });
    expect(run.rate).toBeCloseTo(LINE / 2, 12);
    expect(run.window).toBeCloseTo(25_000, 9);
  });

  it("moves the estimate by a sixteenth of the share of marked bytes", () => {
    const run = runProgram(dctcp).begin(2000);
    run.hear(4000);
    run.table.sent[0] = 4000;
    run.hear(4080, { marked: 1 });
    expect(run.rate).toBeCloseTo(LINE / 2, 12);
    run.table.sent[0] = 4000;
    // The round trip had 3,000 bytes of which 1,000 were marked, this one's mark included in the next decrease.
    run.hear(8000, { sequence: 3000 });
    run.hear(8080, { sequence: 5000, marked: 1 });
    const alpha = 1 + (1 / 3 - 1) / 16;
    const beta = alpha + (1 - alpha) / 16;
    expect(run.rate).toBeCloseTo((LINE / 2) * (1 - beta / 2), 12);
  });

  it("adds 615 Mb/s in a round trip without marks", () => {
    const run = runProgram(dctcp).begin(1000);
    run.hear(4000, { marked: 1 });
    run.table.sent[0] = 2000;
    run.hear(8000, { sequence: 2000 });
    expect(run.rate).toBeCloseTo(LINE / 2 + 0.076875, 12);
  });
});

describe("CUBIC", () => {
  it("begins with 10 packets and takes one more for each that is acknowledged", () => {
    const run = runProgram(cubic).begin(10_000);
    expect(run.window).toBe(10_000);
    expect(run.rate).toBe(LINE);
    run.hear(4000);
    expect(run.window).toBe(11_000);
    run.table.sent[0] = 12_000;
    run.hear(4080, { bytes: 4000 });
    expect(run.window).toBe(15_000);
  });

  it("does not grow when the window is not what limits it", () => {
    const run = runProgram(cubic).begin(3000);
    run.hear(4000);
    expect(run.window).toBe(10_000);
  });

  it("falls to 0.7 by a mark or a loss, once in a round trip", () => {
    const run = runProgram(cubic).begin(10_000);
    run.hear(4000, { marked: 1 });
    expect(run.window).toBeCloseTo(7000, 9);
    run.hear(4080, { marked: 1 });
    run.program.lose(0, false);
    expect(run.window).toBeCloseTo(7000, 9);
    run.table.acked[0] = 10_001;
    run.program.lose(0, false);
    expect(run.window).toBeCloseTo(4900, 9);
  });

  it("then grows as Reno would with as much throughput: the curve is flat at these times", () => {
    const run = runProgram(cubic).begin(10_000);
    run.hear(4000, { marked: 1 });
    run.table.sent[0] = 20_000;
    run.hear(8000);
    expect(run.window).toBeCloseTo(7000 + (0.9 / 1.7 / 7) * 1000, 6);
  });

  it("paces below a chunk's window", () => {
    const run = runProgram(cubic);
    run.table.chunk = 4000;
    run.begin(10_000);
    run.program.lose(0, true);
    expect(run.window).toBe(4000);
    expect(run.rate).toBeCloseTo(1036 / 4000, 12);
  });
});
