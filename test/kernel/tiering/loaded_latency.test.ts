import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LoadedLatency, latencyFactor } from "../../../kernel/tiering/loaded_latency.ts";
import { LINES_PER_THREAD, THREADS, twoTierMachine } from "../../../kernel/tiering/machine.ts";

const none = new Float64Array(2);

/** Solves the same closed loop by damped iteration, written from its three equations. */
function iterate(share: number, bytes: number, background: number): { x: number; fast: number; slow: number } {
  let fast = 70;
  let slow = 135;
  let x = 0;
  const curve = (rho: number) => 1 + (0.13 * rho ** 3) / (1 - rho);
  for (let i = 0; i < 40000; i++) {
    x = (15 * 3.6) / (share * fast + (1 - share) * slow);
    const rhoFast = Math.min((bytes * x * share + (64 * background * 5 * 44) / fast) / 138, 0.99999);
    const rhoSlow = Math.min((bytes * x * (1 - share)) / 69, 0.99999);
    fast += 0.002 * (70 * curve(rhoFast) - fast);
    slow += 0.002 * (135 * curve(rhoSlow) - slow);
  }
  return { x, fast, slow };
}

describe("LoadedLatency", () => {
  it.each([
    [0.9, 0],
    [0.9, 1],
    [0.9, 3],
    [0.5, 1.5],
    [0.1, 0],
    [0, 2],
  ])("agrees with damped iteration at share %s and background %s", (share, background) => {
    const loop = new LoadedLatency(twoTierMachine(10, 10));
    const bytes = 64 * 1.9;
    const x = loop.solve(Float64Array.of(share, 1 - share), Float64Array.of(bytes, bytes), background, none, 15);
    const expected = iterate(share, bytes, background);
    expect(x / expected.x).toBeCloseTo(1, 4);
    expect(loop.latency[0] / expected.fast).toBeCloseTo(1, 3);
    expect(loop.latency[1] / expected.slow).toBeCloseTo(1, 3);
  });

  it("obeys Little's law, stays below the bandwidth and above the unloaded latency", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 64, max: 400, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.double({ min: 1, max: 15, noNaN: true }),
        fc.double({ min: 0, max: 30, noNaN: true }),
        (share, bytes, background, threads, migration) => {
          const machine = twoTierMachine(10, 10);
          const loop = new LoadedLatency(machine);
          const shares = Float64Array.of(share, 1 - share);
          const moving = Float64Array.of(migration, migration);
          const x = loop.solve(shares, Float64Array.of(bytes, bytes), background, moving, threads);
          const mean = share * loop.latency[0] + (1 - share) * loop.latency[1];
          expect((x * mean) / (threads * LINES_PER_THREAD)).toBeCloseTo(1, 6);
          machine.tiers.forEach((tier, i) => {
            const traffic = x * shares[i] * bytes + migration + (i === 0 ? loop.backgroundTraffic : 0);
            expect(traffic).toBeLessThanOrEqual(tier.bandwidth * (1 + 1e-9));
            expect(loop.utilisation[i]).toBeCloseTo(traffic / tier.bandwidth, 5);
            expect(loop.latency[i]).toBeGreaterThanOrEqual(tier.latencyNs);
          });
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it("has a latency that rises with utilisation", () => {
    let last = 0;
    for (let rho = 0; rho < 0.99; rho += 0.01) {
      expect(latencyFactor(rho)).toBeGreaterThan(last);
      last = latencyFactor(rho);
    }
  });

  it("runs slower with more background, more migration, fewer threads", () => {
    const loop = new LoadedLatency(twoTierMachine(10, 10));
    const shares = Float64Array.of(0.7, 0.3);
    const bytes = Float64Array.of(100, 100);
    const base = loop.solve(shares, bytes, 1, none, THREADS);
    expect(loop.solve(shares, bytes, 1.2, none, THREADS)).toBeLessThan(base);
    expect(loop.solve(shares, bytes, 1, Float64Array.of(5, 5), THREADS)).toBeLessThan(base);
    expect(loop.solve(shares, bytes, 1, none, THREADS - 1)).toBeLessThan(base);
  });
});
