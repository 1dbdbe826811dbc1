import { describe, expect, test } from "vitest";
import { fairShares } from "../../../kernel/gpu/cost.ts";
import { assertWorkload, type GpuWorkload, serviceNs } from "../../../kernel/gpu/workload.ts";
import { gpuWorkloads } from "../../../workloads/gpu/catalog.ts";
import type { Split } from "../../../workloads/split.ts";

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
const SPLITS: Split[] = ["train", "validation", "test"];

function load({ groups, durationNs }: GpuWorkload): number {
  let sum = 0;
  for (const group of groups) {
    const requests = group.critical ? (group.arrivals?.length ?? 0) : 0;
    for (let i = 0; i < requests; i++) sum += serviceNs(group, i);
  }
  return sum / durationNs;
}

describe("the catalog of GPU workloads", () => {
  test("names every workload once and keeps every family in one split", () => {
    expect(new Set(gpuWorkloads.map(({ name }) => name)).size).toBe(gpuWorkloads.length);
    const families = (split: Split) =>
      new Set(gpuWorkloads.filter((entry) => entry.split === split).map(({ family }) => family));
    const [train, validation, test] = SPLITS.map(families);
    expect([train.size, validation.size, test.size]).toEqual([8, 4, 6]);
    expect(new Set([...train, ...validation, ...test]).size).toBe(18);
  });

  test("has no model in two splits", () => {
    const splits = new Map<string, Set<Split>>();
    for (const { open, split } of gpuWorkloads) {
      for (const seed of SEEDS) {
        for (const { sequence } of open(seed).groups) {
          splits.set(sequence.name, (splits.get(sequence.name) ?? new Set()).add(split));
        }
      }
    }
    for (const [model, of] of splits) expect([model, of.size]).toEqual([model, 1]);
  });

  test("mostly has several critical groups", () => {
    const groups = SEEDS.flatMap((seed) => gpuWorkloads.map(({ open }) => open(seed).groups));
    const several = groups.filter((of) => of.filter(({ critical }) => critical).length >= 2);
    expect(several.length / groups.length).toBeGreaterThan(0.7);
  });
});

describe.each(gpuWorkloads.map((entry) => [entry.name, entry] as const))("%s", (_, { open }) => {
  test("gives possible workloads of at most ten groups with both classes", () => {
    for (const seed of SEEDS) {
      const workload = open(seed);
      assertWorkload(workload);
      expect(workload.durationNs).toBe(400e6);
      expect(workload.groups.length).toBeLessThanOrEqual(10);
      expect(new Set(workload.groups.map(({ critical }) => critical)).size).toBe(2);
      fairShares(workload).forEach((share, i) => {
        if (!workload.groups[i].critical) expect(share).toBeGreaterThan(0);
      });
    }
  });

  test("has enough critical requests, and a load a GPU can bear", () => {
    const loads = SEEDS.map((seed) => {
      const workload = open(seed);
      let requests = 0;
      for (const { critical, arrivals, slo } of workload.groups) {
        if (!critical) continue;
        expect(slo).toBeGreaterThanOrEqual(1.1);
        expect(slo).toBeLessThanOrEqual(2);
        expect(arrivals!.length).toBeGreaterThan(0);
        expect(arrivals![arrivals!.length - 1]).toBeLessThan(workload.durationNs);
        requests += arrivals!.length;
      }
      expect(requests).toBeGreaterThanOrEqual(20);
      return load(workload);
    });
    expect(Math.min(...loads)).toBeGreaterThan(0.05);
    expect(Math.max(...loads)).toBeLessThan(0.9);
  });

  test("is the same for the same seed and differs between seeds", () => {
    expect(open(3)).toEqual(open(3));
    expect(open(4).groups[0].arrivals).not.toEqual(open(3).groups[0].arrivals);
  });

  test("runs the same groups for longer when asked", () => {
    const [short, long] = [open(5), open(5, { durationNs: 2e9 })];
    assertWorkload(long);
    expect(long.durationNs).toBe(2e9);
    expect(long.groups.map(({ sequence }) => sequence)).toEqual(short.groups.map(({ sequence }) => sequence));
    expect(load(long)).toBeGreaterThan(0.05);
    expect(load(long)).toBeLessThan(0.9);
  });
});
