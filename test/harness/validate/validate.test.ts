import { describe, expect, it } from "vitest";
import { problems } from "../../../harness/problems/index.ts";
import { validate } from "../../../harness/validate/validate.ts";

/** Targets that are not met; the table says by how much. */
const MISSED = [
  "gpu/xsched-lv3-p99",
  "gpu/xsched-lv3-preemption-kernel",
  "gpu/gpreempt-hint-200",
  "gpu/gpreempt-hint-saves",
  "gpu/gpreempt-np-increase",
  "gpu/gpreempt-lc-only-throughput",
  "gpu/gpreempt-block-wait-increase",
  "gpu/gpreempt-gpreempt-hint-increase",
  "congestion/chunk-timely-2",
  "congestion/chunk-theta-powertcp-64",
];

/** Every target, measured once. */
const targets = await validate();

describe("validate", () => {
  const met = targets.filter(({ id }) => !MISSED.includes(id));

  it.each(met.map((target) => [target.id, target] as const))("%s holds", (_, target) => {
    expect(target.holds, `${target.quantity}: published ${target.expected}, simulated ${target.simulated}`).toBe(true);
  });

  it("says which targets are not met", () => {
    expect(targets.filter(({ holds }) => !holds).map(({ id }) => id)).toEqual(MISSED);
  });

  it("holds the GPU to closed forms within 2 %, to the middle of published ranges, and to no workload but A, B and C", () => {
    const ofGpu = targets.filter(({ env }) => env === "ring0/GpuPreemption-v1");
    const closed = ofGpu.filter(({ id }) => /^gpu\/(round-robin|m-d-1)/.test(id));
    expect(closed.length).toBeGreaterThan(4);
    for (const { tolerance, expected } of closed) expect(tolerance).toBeCloseTo(0.02 * expected);
    const { expected, tolerance } = ofGpu.find(({ id }) => id === "gpu/xsched-hardware-p99")!;
    expect([expected - tolerance, expected + tolerance].map((end) => end.toFixed(2))).toEqual(["1.60", "2.19"]);
    const disb = ofGpu.filter(({ id }) => id.startsWith("gpu/disb-"));
    expect(disb.map(({ id }) => id.split("-")[1])).toEqual(["a", "a", "b", "b", "c", "c"]);
  });

  it("has every cell of Colloid's table that is published here, each within 0.1", () => {
    const cells = targets.filter(({ id }) => /colloid-\d+ns/.test(id));
    expect(cells).toHaveLength(8);
    for (const { tolerance } of cells) expect(tolerance).toBe(0.1);
  });

  it("has the four figures of the VMA readahead patch, PageFlex's drive within 10 %, and Leap's counts exactly", () => {
    const ofReadahead = targets.filter(({ env }) => env === "ring0/Readahead-v1");
    expect(ofReadahead.filter(({ id }) => id.startsWith("readahead/vma-patch-"))).toHaveLength(4);
    const pageFlex = ofReadahead.filter(({ id }) => id.startsWith("readahead/pageflex-"));
    expect(pageFlex).toHaveLength(4);
    for (const { tolerance, expected } of pageFlex) expect(tolerance).toBeCloseTo(0.1 * expected);
    for (const { id, tolerance } of ofReadahead) if (id.includes("leap-misses")) expect(tolerance).toBe(0);
  });

  it("says that reading one page ahead gains nothing on zswap", () => {
    const gain = targets.find(({ id }) => id === "readahead-sync/zswap-gain")!;
    expect(gain.simulated).toBeGreaterThan(1);
  });

  it("has every cell of the other simulator's incasts within 10 %, alone within 2 %, and chunks within 10 % of packets", () => {
    const ofCongestion = targets.filter(({ env }) => env === "ring0/CongestionControl-v1");
    const cells = ofCongestion.filter(({ id }) => /^congestion\/ns3-.*-(mean|max)$/.test(id));
    expect(cells.map(({ id }) => id.slice("congestion/ns3-".length))).toEqual([
      ...["dcqcn", "hpcc", "powertcp", "timely", "dctcp"].flatMap((program) =>
        [2, 8].flatMap((senders) => [`${program}-${senders}-mean`, `${program}-${senders}-max`]),
      ),
      ...["8-8mib", "8-32mib", "16-8mib"].flatMap((cell) => [`pfc-only-${cell}-mean`, `pfc-only-${cell}-max`]),
    ]);
    for (const { tolerance, expected } of cells) expect(tolerance).toBeCloseTo(0.1 * expected);
    const alone = ofCongestion.filter(({ id }) => /^congestion\/ns3-[a-z]+-1$/.test(id));
    expect(alone).toHaveLength(5);
    for (const { tolerance, expected } of alone) expect(tolerance).toBeCloseTo(0.02 * expected);
    const chunks = ofCongestion.filter(({ id }) => id.startsWith("congestion/chunk-"));
    expect(chunks).toHaveLength(24);
    for (const { tolerance, expected } of chunks) expect(tolerance).toBeCloseTo(0.1 * expected);
  });

  it("lists the targets of one environment only when asked to", async () => {
    expect(await validate("cartpole")).toEqual([]);
    expect(await validate("tiering")).toEqual(targets.filter(({ env }) => env === "ring0/Tiering-v1"));
    for (const { id } of problems) expect(targets.some(({ env }) => env === id)).toBe(true);
    expect(targets.filter(({ env }) => env === "ring0/CongestionControl-v1").length).toBeGreaterThan(80);
  });
});
