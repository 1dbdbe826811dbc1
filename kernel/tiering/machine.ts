/**
 * One tier of memory.
 *
 * A `memory` tier serves loads and stores. A `swap` tier does not: a page in it must be faulted into memory before use.
 * A machine has at most one swap tier, and it comes last.
 */
export interface TierSpec {
  readonly name: string;
  readonly kind: "memory" | "swap";
  /** Latency of a load with no other load on the tier, ns; for swap, the latency of one major fault. */
  readonly latencyNs: number;
  /** Usable bandwidth, GB/s (bytes per ns). */
  readonly bandwidth: number;
  /** Bandwidth that a written byte takes, relative to a read byte; at least 1. */
  readonly writeCost: number;
  /** Pages the tier holds. */
  readonly capacity: number;
}

/** A tiered-memory machine and the program's parallelism on it. */
export interface Machine {
  /** Two to four tiers, fastest first: the order in which Linux demotes. */
  readonly tiers: readonly TierSpec[];
  /** Index of the tier that the background load uses. */
  readonly backgroundTier: number;
  /** Bytes of one placement unit. */
  readonly pageBytes: number;
}

/** Threads of the program. Source: the GUPS runs of the Colloid artifact (sosp24-artifact) use 15 application cores. */
export const THREADS = 15;

/** Background threads at load 1. Source: the Colloid artifact adds 5 antagonist cores a step. */
export const BACKGROUND_THREADS = 5;

/**
 * Cache lines that one program thread, and one background thread, keeps in flight; the coefficient of the latency
 * curve; and the share of writing accesses whose line is written back. Source: fitted together to the eight published
 * HeMem cells of the Colloid artifact at 135 and 192 ns. The fit identifies only the resulting curve, not the four
 * constants individually. `npm run validate -- --env tiering` prints how close whole runs come to each cell.
 */
export const LINES_PER_THREAD = 3.6;
export const BACKGROUND_LINES_PER_THREAD = 44;
export const LATENCY_COEFFICIENT = 0.13;
export const WRITE_BACK = 0.9;

/** Bytes of a cache line. */
export const LINE_BYTES = 64;

/** A base page, the unit of accessed bits and hint faults. Source: x86-64. */
export const BASE_PAGE_BYTES = 4096;

/** The default placement unit. Source: x86-64 transparent huge page. */
const HUGE_PAGE_BYTES = 2 * 1024 * 1024;

/** Unloaded latency of the fast tier, ns. Source: local DRAM in the Colloid artifact's setting. */
export const FAST_LATENCY_NS = 70;

/** Usable bandwidth of the fast tier, GB/s. Source: the fit to the Colloid artifact (205 GB/s peak, eight channels). */
const FAST_BANDWIDTH = 138;

/** Unloaded latency of the slow tier, ns. Source: the first of the Colloid artifact's four settings. */
const SLOW_LATENCY_NS = 135;

/** Usable bandwidth of the slow tier, GB/s. Source: the fit to the Colloid artifact. */
const SLOW_BANDWIDTH = 69;

/**
 * Accesses of one unit of work: what the threads do in one second at the unloaded latency of the fast tier. It is a
 * constant of the program, so a unit of work is the same on any machine.
 */
export const ACCESSES_PER_UNIT = (THREADS * LINES_PER_THREAD * 1e9) / FAST_LATENCY_NS;

/** CPU time to set up the migration of one huge page, ns. Source: choice; unbatched rmap walk, unmap, TLB flush. */
export const MIGRATION_FIXED_NS = 10_000;

/** Copy bandwidth of one migration thread, GB/s. Source: choice, a single core's memcpy. */
export const COPY_BANDWIDTH = 10;

/** Most of a tier's bandwidth that migration can take, as a share. Source: choice, keeps the closed loop solvable. */
export const MIGRATION_BANDWIDTH_SHARE = 0.5;

/**
 * The NVMe swap tier: 90 us for a major fault, 8 base pages for each fault (page_cluster 3), 5 GB/s. Source: choice.
 */
const SWAP_FAULT_NS = 90_000;
export const SWAP_CLUSTER_PAGES = 8;
const SWAP_BANDWIDTH = 5;

/** Figures that a caller of `twoTierMachine` can change. */
export interface TwoTierOptions {
  slowLatencyNs?: number;
  slowBandwidth?: number;
  slowWriteCost?: number;
  fastLatencyNs?: number;
  fastBandwidth?: number;
  pageBytes?: number;
}

/** Creates the machine of the Colloid artifact: local DRAM over a slower node that holds everything. */
export function twoTierMachine(fastPages: number, slowPages: number, options: TwoTierOptions = {}): Machine {
  return {
    tiers: [
      {
        name: "fast",
        kind: "memory",
        latencyNs: options.fastLatencyNs ?? FAST_LATENCY_NS,
        bandwidth: options.fastBandwidth ?? FAST_BANDWIDTH,
        writeCost: 1,
        capacity: fastPages,
      },
      {
        name: "slow",
        kind: "memory",
        latencyNs: options.slowLatencyNs ?? SLOW_LATENCY_NS,
        bandwidth: options.slowBandwidth ?? SLOW_BANDWIDTH,
        writeCost: options.slowWriteCost ?? 1,
        capacity: slowPages,
      },
    ],
    backgroundTier: 0,
    pageBytes: options.pageBytes ?? HUGE_PAGE_BYTES,
  };
}

/**
 * Creates a machine with HBM over DDR over CXL over NVMe swap. Mainline Linux never promotes from DRAM to HBM (its top
 * tier starts at the lowest tier with CPUs), so policies on this machine go beyond the kernel.
 *
 * Sources: HBM2e on a CPU, 800 GB/s and a latency above DDR's; DDR 80 ns (MEMTIS) and 138 GB/s; CXL 250 ns and 25 GB/s
 * at a 2:1 read-write mix (public ASIC figures).
 */
export function fourTierMachine(capacities: readonly [number, number, number, number]): Machine {
  const [hbm, ddr, cxl, swap] = capacities;
  return {
    tiers: [
      { name: "hbm", kind: "memory", latencyNs: 115, bandwidth: 800, writeCost: 1, capacity: hbm },
      { name: "ddr", kind: "memory", latencyNs: 80, bandwidth: FAST_BANDWIDTH, writeCost: 1, capacity: ddr },
      { name: "cxl", kind: "memory", latencyNs: 250, bandwidth: 25, writeCost: 1, capacity: cxl },
      {
        name: "swap",
        kind: "swap",
        latencyNs: SWAP_FAULT_NS,
        bandwidth: SWAP_BANDWIDTH,
        writeCost: 1,
        capacity: swap,
      },
    ],
    backgroundTier: 1,
    pageBytes: HUGE_PAGE_BYTES,
  };
}

/** Throws a RangeError that names the first impossible value of `machine`. */
export function assertMachine(machine: Machine, pages: number): void {
  const { tiers } = machine;
  if (tiers.length < 2 || tiers.length > 4) throw new RangeError(`a machine has 2 to 4 tiers, got ${tiers.length}`);
  let total = 0;
  tiers.forEach((tier, i) => {
    const positive = { latencyNs: tier.latencyNs, bandwidth: tier.bandwidth };
    for (const [name, value] of Object.entries(positive)) {
      if (!(value > 0 && Number.isFinite(value))) {
        throw new RangeError(`tier ${tier.name}: ${name} must be a positive number, got ${value}`);
      }
    }
    if (!(tier.writeCost >= 1 && Number.isFinite(tier.writeCost))) {
      throw new RangeError(`tier ${tier.name}: writeCost must be at least 1, got ${tier.writeCost}`);
    }
    if (!Number.isInteger(tier.capacity) || tier.capacity < 1) {
      throw new RangeError(
        `tier ${tier.name}: capacity must be a positive whole number of pages, got ${tier.capacity}`,
      );
    }
    if (tier.kind === "swap" && i !== tiers.length - 1) throw new RangeError(`tier ${tier.name}: swap must come last`);
    total += tier.capacity;
  });
  const memoryTiers = tiers.filter((tier) => tier.kind === "memory").length;
  if (memoryTiers < 2) throw new RangeError(`a machine has at least 2 memory tiers, got ${memoryTiers}`);
  if (total < pages) throw new RangeError(`tiers hold ${total} pages, the workload has ${pages}`);
  if (tiers[machine.backgroundTier]?.kind !== "memory") {
    throw new RangeError(`backgroundTier must be the index of a memory tier, got ${machine.backgroundTier}`);
  }
}
