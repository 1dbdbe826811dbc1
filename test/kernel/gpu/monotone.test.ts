import { describe, expect, it } from "vitest";
import {
  clientOf,
  equalKernels,
  gpuScenario,
  jitteredArrivals,
  meanOf,
  runGpu,
} from "../../../harness/scenarios/gpu.ts";
import { ARCHITECTURES, findArchitecture, type GpuArchitecture } from "../../../kernel/gpu/architecture.ts";
import type { GpuScenario } from "../../../kernel/gpu/scenario.ts";

const DURATION = 2e9;

/** Mean delay of critical requests of 2 ms at 20 % load, ns, averaged over seeds. */
function delay(
  others: number,
  change: (scenario: GpuScenario) => GpuScenario = (scenario) => scenario,
  slice?: number,
) {
  const seeds = [1, 2, 3];
  return meanOf(
    seeds.map((seed) => {
      const arrivals = jitteredArrivals(5e7, DURATION, seed);
      const critical = clientOf(equalKernels(20, 100_000), { critical: true, arrivals });
      const busy = Array.from({ length: others }, () => clientOf(equalKernels(2000, 1_000_000)));
      const scenario = change(gpuScenario([critical, ...busy], { durationNs: DURATION }));
      const { costs } = runGpu(
        scenario,
        (decision) => {
          if (slice !== undefined) decision.sliceUs.fill(slice, 1);
        },
        seed,
      );
      return meanOf(costs.latencies) - meanOf(costs.standalone);
    }),
  );
}

/** An A100 that saves its context `factor` times as slowly. */
function slower(factor: number) {
  const a100 = findArchitecture("a100");
  const saveNs = Math.round(a100.saveNs * factor);
  const architecture: GpuArchitecture = { ...a100, saveNs, restoreNs: saveNs };
  return (scenario: GpuScenario) => ({ ...scenario, architecture });
}

const ascends = (values: number[]) => values.every((value, i) => i === 0 || value >= values[i - 1]);

describe("critical work waits longer", () => {
  it("the more best-effort groups take turns", () => {
    expect(ascends([0, 1, 2, 3, 5].map((others) => delay(others)))).toBe(true);
  });

  it("the larger the context or the less the bandwidth", () => {
    const factors = [0.25, 0.5, 1, 2, 4];
    expect(ascends(factors.map((factor) => delay(1, slower(factor))))).toBe(true);
    expect(ascends(factors.map((factor) => delay(1, slower(factor), 1)))).toBe(true);
  });

  it("the colder its caches get", () => {
    expect(ascends([0, 20_000, 40_000].map((coldNs) => delay(1, (scenario) => ({ ...scenario, coldNs }))))).toBe(true);
  });

  it("the longer best effort's timeslice", () => {
    expect(ascends([1, 200, 1024, 5200].map((us) => delay(1, undefined, us)))).toBe(true);
  });
});

describe("the GPUs by name", () => {
  it("save a context in its bytes divided by their bandwidth", () => {
    for (const { name, contextBytes, bandwidth, saveNs, restoreNs } of ARCHITECTURES) {
      expect(Math.abs(saveNs - contextBytes / bandwidth), name).toBeLessThanOrEqual(0.5);
      expect(restoreNs).toBe(saveNs);
    }
    expect(findArchitecture("a100").contextBytes / 2 ** 20).toBeCloseTo(44.3, 1);
    expect(findArchitecture("v100").contextBytes / 2 ** 20).toBeCloseTo(27.5, 1);
  });
});
