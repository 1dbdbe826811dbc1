import { describe, expect, it } from "vitest";
import { bbr } from "../../baselines/congestion/bbr.ts";
import { delayTarget } from "../../baselines/congestion/delay_target.ts";
import { rlCc, rlCcTuned } from "../../baselines/congestion/rl_cc.ts";
import { swift, swiftTuned } from "../../baselines/congestion/swift.ts";
import { thetaPowertcp } from "../../baselines/congestion/theta_powertcp.ts";
import { timely, timelyTuned } from "../../baselines/congestion/timely.ts";
import type { CongestionEntry } from "../../baselines/congestion/types.ts";
import { BASE, congestionTable, LINE, type ProgramRun, runProgram } from "./congestion_table.ts";

/** A whole round trip passes, of which the last packet took `rtt`. */
function roundTrip(run: ProgramRun, rtt: number): void {
  const sequence = run.table.sent[0] + 1000;
  run.table.sent[0] = sequence;
  run.hear(run.table.now + rtt, { rtt, sequence });
  run.table.sent[0] = sequence;
}

describe("TIMELY", () => {
  const half = { start: 0.5, low: 12.5, high_ratio: 10, gradient_unit: 5 };

  it("grows by 100 Mb/s a round trip below the low threshold, by 500 from the sixth on", () => {
    const run = runProgram(timelyTuned, half).begin(0);
    roundTrip(run, 5000);
    expect(run.rate).toBeCloseTo(6.25, 12);
    for (let i = 0; i < 5; i++) roundTrip(run, 5000);
    expect(run.rate).toBeCloseTo(6.25 + 5 * 0.0125, 12);
    roundTrip(run, 5000);
    expect(run.rate).toBeCloseTo(6.25 + 10 * 0.0125, 12);
  });

  it("falls by the gradient between the thresholds and by the excess above the high one", () => {
    const run = runProgram(timely).begin(0);
    roundTrip(run, 60_000);
    roundTrip(run, 70_000);
    expect(run.rate).toBeCloseTo(LINE * (1 - 0.8 * ((0.875 * 10_000) / 20_000)), 12);
    const before = run.rate;
    roundTrip(run, 1_000_000);
    expect(run.rate).toBeCloseTo(before * 0.6, 12);
  });

  it("grows when the round trip does not, whatever it is below the high threshold", () => {
    const run = runProgram(timelyTuned, half).begin(0);
    roundTrip(run, 100_000);
    roundTrip(run, 100_000);
    expect(run.rate).toBeCloseTo(6.2625, 12);
  });
});

describe("theta-PowerTCP", () => {
  it("takes one more than the gradient times the round trip for the power", () => {
    const run = runProgram(thetaPowertcp).begin();
    run.hear(10_000, { rtt: 4000 });
    expect(run.rate).toBe(LINE);
    run.hear(10_160, { rtt: 4080 });
    const load = 1 + 0.04 * ((1.5 * 4080) / (1.05 * BASE) - 1);
    expect(run.rate).toBeCloseTo(0.7 * (LINE / load + 0.01875) + 0.3 * LINE, 12);
  });
});

describe("RL-CC's formula", () => {
  it("goes up by 16 % a round trip without a queue", () => {
    const run = runProgram(rlCcTuned, { start: 0.5 }).begin();
    run.hear(8192, { rtt: 8192 });
    expect(run.rate).toBeCloseTo(6.25 * 1.16, 12);
  });

  it("goes down by a sixth at most", () => {
    const run = runProgram(rlCc).begin();
    run.hear(20_000, { rtt: 2.5 * 8192 });
    expect(run.rate).toBeCloseTo(LINE / 1.2, 12);
    run.hear(20_100, { rtt: 2.5 * 8192 });
    expect(run.rate).toBeCloseTo(LINE / 1.2, 12);
  });

  it("stays where the inflation times the root of the rate's share is the target", () => {
    const run = runProgram(rlCcTuned, { start: 0.25, own_base: 1 }).begin();
    run.hear(20_000, { rtt: BASE * (1.5 + 0.064 / 0.5) });
    expect(run.rate).toBeCloseTo(LINE / 4, 9);
  });
});

describe("the hand rule", () => {
  it("moves the logarithm of the rate by the distance from its target, once a round trip", () => {
    const run = runProgram(delayTarget).begin(10_000);
    expect(run.rate).toBeCloseTo(2.5, 12);
    expect(run.window).toBeCloseTo(10_300, 9);
    run.hear(4000);
    const first = 2.5 * Math.exp(0.8 * (0.07 - 0.24 * Math.log(0.2)));
    expect(run.rate).toBeCloseTo(first, 12);
    run.hear(4080);
    expect(run.rate).toBeCloseTo(first, 12);
  });

  it("averages the round trip over bytes", () => {
    const run = runProgram(delayTarget).begin(3000);
    run.hear(4000);
    const first = run.rate;
    run.hear(4080, { rtt: 4000 });
    run.hear(9000, { rtt: 8000, bytes: 3000 });
    const inflation = Math.log(7000 / 4000);
    expect(run.rate).toBeCloseTo(first * Math.exp(-0.8 * (inflation - 0.07 + 0.24 * Math.log(first / LINE))), 12);
  });

  it("changes by a factor of e at most", () => {
    const run = runProgram(delayTarget).begin();
    run.hear(400_000, { rtt: 400_000 });
    expect(run.rate).toBeCloseTo(2.5 / Math.E, 12);
  });
});

describe("Swift", () => {
  /** Packets that flow at line rate without a queue. */
  const flows = (LINE * BASE) / 1036;

  it("grows by one packet a round trip below the target", () => {
    const run = runProgram(swift).begin();
    run.hear(4000);
    expect(run.window).toBeCloseTo((flows + 1 / flows) * 1000, 6);
    run.hear(4320, { bytes: 4000 });
    expect(run.window).toBeCloseTo((flows + 1 / flows + 4 / (flows + 1 / flows)) * 1000, 6);
  });

  it("shrinks by 0.8 of the excess, by half at most, once a round trip", () => {
    const run = runProgram(swiftTuned, { per_hop: 0, scaling: 0.5 }).begin();
    const scaled = (1 / Math.sqrt(1.05 * flows) - 0.1) / (1 / Math.sqrt(0.1) - 0.1);
    const target = BASE * (2 + 0.5 * scaled);
    run.hear(10_000, { rtt: 10_000 });
    const first = flows * (1 - (0.8 * (10_000 - target)) / 10_000);
    expect(run.window).toBeCloseTo(first * 1000, 6);
    run.hear(19_000, { rtt: 10_000 });
    expect(run.window).toBeCloseTo(first * 1000, 6);
    run.hear(60_000, { rtt: 50_000 });
    expect(run.window).toBeCloseTo(first * 500, 6);
  });

  it("aims at a longer delay with a smaller window and more switches", () => {
    const run = runProgram(swift, {}, undefined).begin();
    run.table.hops[0] = 4;
    run.hear(10_000, { rtt: BASE * (2 + (3 * 2) / 6.55) });
    expect(run.window).toBeGreaterThan(flows * 1000);
  });

  it("counts packets in shares of what flows when tuned: the same as shipped at 100 Gb/s and 4.2 us, and alike elsewhere", () => {
    const windows = (entry: CongestionEntry, line: number, base: number): number[] => {
      const table = congestionTable();
      table.line.fill(line);
      table.base.fill(base);
      const run = runProgram(entry, {}, table).begin((line * base) / 1.036);
      return [1, 4, 3.5, 1.5].map((inflation, i) => {
        run.hear(base * (5 * i + inflation), { rtt: base * inflation, bytes: (line * base) / 50 });
        return run.window / (line * base);
      });
    };
    const tuned = windows(swiftTuned, LINE, 4200);
    expect(tuned).toEqual(windows(swift, LINE, 4200).map((window) => expect.closeTo(window, 9)));
    expect(windows(swiftTuned, 4 * LINE, 2 * 4200)).toEqual(tuned.map((window) => expect.closeTo(window, 9)));
    expect(windows(swift, 4 * LINE, 2 * 4200)[0]).toBeLessThan(tuned[0]);
  });

  it("paces where it is asked to", () => {
    const run = runProgram(swiftTuned, { start: 0.25, pace: 1.2 }).begin();
    expect(run.window).toBeCloseTo(12_500 / 1.036, 6);
    expect(run.rate).toBeCloseTo(1.2 * LINE * 0.25, 12);
  });
});

describe("BBR", () => {
  /** Packets are delivered at 6.25 bytes per ns, a round trip's 25 of them; what is in flight goes with the rate. */
  function deliver(run: ProgramRun, packets: number, seen: (rate: number) => void = () => {}): void {
    for (let i = 0; i < packets; i++) {
      const acked = run.table.acked[0];
      run.table.sent[0] = acked + 1000 + (25_000 * run.rate) / (6.25 * 1.036);
      run.hear(run.table.now + 160, { ackedAtSend: Math.max(0, acked + 1000 - 25_000), rtt: BASE });
      seen(run.rate);
    }
  }

  it("begins with 10 packets in a round trip, 2.885 times as fast", () => {
    const run = runProgram(bbr).begin();
    expect(run.window).toBe(10_000);
    expect(run.rate).toBeCloseTo(((2 / Math.LN2) * 10_360) / BASE, 12);
  });

  it("finds the bottleneck, drains, and then probes by a quarter up and down", () => {
    const run = runProgram(bbr).begin();
    run.table.now = BASE;
    deliver(run, 400);
    const rates = new Set<string>();
    deliver(run, 400, (rate) => rates.add((rate / (6.25 * 1.036)).toFixed(3)));
    expect([...rates].sort()).toEqual(["0.750", "1.000", "1.250"]);
    expect(run.window).toBeCloseTo(2 * 25_000 + 3000, 6);
  });

  it("measures the least round trip anew when the last one is too old", () => {
    const run = runProgram(bbr).begin();
    run.table.now = BASE;
    deliver(run, 400);
    run.hear(run.table.now + 11e9, { rtt: 2 * BASE });
    expect(run.window).toBe(4000);
    run.hear(run.table.now + 201e6, { rtt: 2 * BASE });
    expect(run.window).toBeGreaterThan(4000);
  });
});
