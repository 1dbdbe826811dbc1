import {
  BACKGROUND_LINES_PER_THREAD,
  BACKGROUND_THREADS,
  LATENCY_COEFFICIENT,
  LINE_BYTES,
  LINES_PER_THREAD,
  type Machine,
} from "./machine.ts";

/**
 * Most rounds of the closed loop. Newton's method on a convex increasing function gains digits quickly. In the worst
 * case each round halves the bracket, so 60 rounds always reach double precision.
 */
const ROUNDS = 60;
const TOLERANCE = 1e-13;

/**
 * Returns the latency relative to the unloaded latency at utilisation `rho` in [0, 1). Source: fit, see
 * `LATENCY_COEFFICIENT`.
 */
export function latencyFactor(rho: number): number {
  return 1 + (LATENCY_COEFFICIENT * rho * rho * rho) / (1 - rho);
}

/** Derivative of `latencyFactor`. */
function latencyFactorSlope(rho: number): number {
  const left = 1 - rho;
  return (LATENCY_COEFFICIENT * rho * rho * (3 - 2 * rho)) / (left * left);
}

/**
 * The closed loop between a program and its memory. Threads keep a fixed number of lines in flight, so throughput is
 * lines over mean latency, and latency rises with throughput. The background load is such a loop too, on one tier.
 * Migration is an open load.
 *
 * For each tier i: `rho = (X p b + background + migration) / bandwidth` and `L = L0 latencyFactor(rho)`; over all tiers
 * `X = lines / sum(p L)`. Throughput, latencies and utilisations are the unique solution.
 */
export class LoadedLatency {
  /** Loaded latency of each memory tier after `solve`, ns. */
  readonly latency: Float64Array;
  /** Utilisation of each memory tier after `solve`, in [0, 1). */
  readonly utilisation: Float64Array;
  /** Traffic of the background load after `solve`, bytes per ns. */
  backgroundTraffic = 0;
  readonly #unloaded: Float64Array;
  readonly #bandwidth: Float64Array;
  readonly #backgroundTier: number;
  /** Derivative of the latency of each tier by the program's traffic on it, ns per (byte per ns). */
  readonly #slope: Float64Array;
  /** Throughput of the last solution, accesses per ns. */
  #throughput = 0;

  constructor(machine: Machine) {
    const memory = machine.tiers.filter((tier) => tier.kind === "memory");
    this.#unloaded = Float64Array.from(memory, (tier) => tier.latencyNs);
    this.#bandwidth = Float64Array.from(memory, (tier) => tier.bandwidth);
    this.#backgroundTier = machine.backgroundTier;
    this.latency = this.#unloaded.slice();
    this.utilisation = new Float64Array(memory.length);
    this.#slope = new Float64Array(memory.length);
  }

  /**
   * Solves the closed loop.
   *
   * @param share share of accesses of each memory tier; sums to 1
   * @param bytes bytes of bandwidth that one access takes on each tier
   * @param background background load, in multiples of `BACKGROUND_THREADS` threads
   * @param migration migration traffic on each tier, bytes per ns, below the bandwidth of the tier
   * @param threads program threads that are running (not blocked), may be fractional
   * @returns throughput of the program, accesses per ns
   */
  solve(
    share: Float64Array,
    bytes: Float64Array,
    background: number,
    migration: Float64Array,
    threads: number,
  ): number {
    const tiers = this.#unloaded.length;
    this.backgroundTraffic = 0;
    const lines = threads * LINES_PER_THREAD;
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let unloadedMean = 0;
    for (let i = 0; i < tiers; i++) {
      unloadedMean += share[i] * this.#unloaded[i];
      if (share[i] > 0) high = Math.min(high, (this.#bandwidth[i] - migration[i]) / (share[i] * bytes[i]));
    }
    high = Math.min(high, lines / unloadedMean);
    // Loads change little from one solution to the next, so the last solution is a good start.
    let x = this.#throughput > 0 && this.#throughput < high ? this.#throughput : 0.5 * high;
    for (let round = 0; round < ROUNDS; round++) {
      let mean = 0;
      let meanSlope = 0;
      for (let i = 0; i < tiers; i++) {
        const traffic = x * share[i] * bytes[i];
        const latency = this.loadTier(i, traffic + migration[i], i === this.#backgroundTier ? background : 0);
        mean += share[i] * latency;
        meanSlope += share[i] * this.#slope[i] * share[i] * bytes[i];
      }
      const excess = x * mean - lines;
      if (excess > 0) high = x;
      else low = x;
      const next = x - excess / (mean + x * meanSlope);
      const step = next > low && next < high ? next : 0.5 * (low + high);
      if (Math.abs(step - x) <= TOLERANCE * x) break;
      x = step;
    }
    this.#throughput = x;
    return x;
  }

  /**
   * Returns the latency of one tier under `traffic` bytes per ns (program and migration) and a background load. Also
   * stores latency, utilisation and slope. Traffic at or above the bandwidth gives a very large finite latency.
   */
  loadTier(tier: number, traffic: number, background: number): number {
    const bandwidth = this.#bandwidth[tier];
    const unloaded = this.#unloaded[tier];
    let rho = Math.min(traffic / bandwidth, 1 - 1e-9);
    let slope: number;
    if (background > 0) {
      // The closed loop of the background load: its traffic is lines over latency. `gap` rises with rho, so a root is
      // unique.
      const lines = background * BACKGROUND_THREADS * BACKGROUND_LINES_PER_THREAD * LINE_BYTES;
      let low = rho;
      let high = 1 - 1e-9;
      rho = Math.max(low, Math.min(this.utilisation[tier] || 0.5 * (low + high), high));
      slope = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const latency = unloaded * latencyFactor(rho);
        const latencySlope = unloaded * latencyFactorSlope(rho);
        const gap = bandwidth * rho - traffic - lines / latency;
        const gapSlope = bandwidth + (lines * latencySlope) / (latency * latency);
        slope = latencySlope / gapSlope;
        if (gap > 0) high = rho;
        else low = rho;
        const next = rho - gap / gapSlope;
        const step = next > low && next < high ? next : 0.5 * (low + high);
        if (Math.abs(step - rho) <= TOLERANCE) break;
        rho = step;
      }
      this.backgroundTraffic = lines / (unloaded * latencyFactor(rho));
    } else {
      slope = (unloaded * latencyFactorSlope(rho)) / bandwidth;
    }
    const latency = unloaded * latencyFactor(rho);
    this.utilisation[tier] = rho;
    this.latency[tier] = latency;
    this.#slope[tier] = slope;
    return latency;
  }

  /** Copies the solution of another instance for the same machine, so that both continue from the same numbers. */
  copyFrom(other: LoadedLatency): void {
    this.latency.set(other.latency);
    this.utilisation.set(other.utilisation);
    this.#slope.set(other.#slope);
    this.backgroundTraffic = other.backgroundTraffic;
    this.#throughput = other.#throughput;
  }
}
