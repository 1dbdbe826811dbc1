import { COPY_BANDWIDTH, type Machine, MIGRATION_BANDWIDTH_SHARE, MIGRATION_FIXED_NS, THREADS } from "./machine.ts";
import type { PageTable } from "./page_table.ts";

/** Least share of a tier's bandwidth that a copy gets while the tier is loaded. Source: choice. */
const LEAST_BANDWIDTH_LEFT = 0.05;

/** Most of a tier's bandwidth that moves take, as a share, including moves that cannot wait. Source: choice. */
const MOST_TRAFFIC = 0.9;

/**
 * Moves pages and computes what that costs: bandwidth on both tiers, time of the core that copies, and time of threads
 * that touch a page during its copy (its mapping is a migration entry, so they wait).
 */
export class Migration {
  /**
   * Migration traffic of the current sub-step on each memory tier, bytes per ns. It is part of the load of the closed
   * loop.
   */
  readonly traffic: Float64Array;
  /** Pages moved to a faster tier, and pages moved to a slower tier, since the start. */
  promoted = 0;
  demoted = 0;
  /** Pages demoted within `PING_PONG_SECONDS` of their promotion. */
  pingPong = 0;
  readonly #machine: Machine;
  readonly #memoryTiers: number;
  #coreNsLeft = 0;
  #subStepNs = 1;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#memoryTiers = machine.tiers.filter((tier) => tier.kind === "memory").length;
    this.traffic = new Float64Array(this.#memoryTiers);
  }

  /** Starts a sub-step of `seconds`: no traffic yet, and the copying core has that much time. */
  beginSubStep(seconds: number): void {
    this.traffic.fill(0);
    this.#subStepNs = seconds * 1e9;
    this.#coreNsLeft = this.#subStepNs;
  }

  /** Whether a page can move from tier `from` to tier `to` within the bandwidth and copying time of this sub-step. */
  canMove(from: number, to: number): boolean {
    return this.#coreNsLeft > 0 && this.#hasBandwidth(from) && this.#hasBandwidth(to);
  }

  #hasBandwidth(tier: number): boolean {
    if (tier >= this.#memoryTiers) return true;
    const perPage = (this.#machine.pageBytes * this.#machine.tiers[tier].writeCost) / this.#subStepNs;
    return this.traffic[tier] + perPage <= MIGRATION_BANDWIDTH_SHARE * this.#machine.tiers[tier].bandwidth;
  }

  /**
   * Moves `page` to memory tier `to`, which must have room.
   *
   * @param now time, s
   * @param throughput accesses per ns
   * @param utilisation of each memory tier
   * @returns time that program threads wait for the page, thread-ns
   */
  move(table: PageTable, page: number, to: number, now: number, throughput: number, utilisation: Float64Array): number {
    const from = table.tierOf[page];
    const ns = this.copyNs(from, to, utilisation);
    const { pageBytes, tiers } = this.#machine;
    this.#addTraffic(from, pageBytes / this.#subStepNs);
    this.#addTraffic(to, (pageBytes * tiers[to].writeCost) / this.#subStepNs);
    this.#coreNsLeft -= ns;
    if (to < from) {
      this.promoted++;
      if (to === 0) table.promotedAt[page] = now;
    } else {
      this.demoted++;
      if (from === 0 && now - table.promotedAt[page] <= PING_PONG_SECONDS) this.pingPong++;
    }
    const blocked = blockedThreadNs(ns, throughput * table.window.access[page]);
    table.move(page, to);
    return blocked;
  }

  /**
   * Adds traffic of a move. Moves that cannot wait (reclaim, swap-in) extend beyond the sub-step instead of taking all
   * bandwidth of a tier.
   */
  #addTraffic(tier: number, bytesPerNs: number): void {
    if (tier >= this.#memoryTiers) return;
    const most = MOST_TRAFFIC * this.#machine.tiers[tier].bandwidth;
    this.traffic[tier] = Math.min(most, this.traffic[tier] + bytesPerNs);
  }

  /** Returns the time to copy one page between two tiers, ns. */
  copyNs(from: number, to: number, utilisation: Float64Array): number {
    const left = Math.min(this.#bandwidthLeft(from, utilisation), this.#bandwidthLeft(to, utilisation));
    return MIGRATION_FIXED_NS + this.#machine.pageBytes / Math.min(COPY_BANDWIDTH, left);
  }

  #bandwidthLeft(tier: number, utilisation: Float64Array): number {
    const { bandwidth } = this.#machine.tiers[tier];
    if (tier >= this.#memoryTiers) return bandwidth;
    return bandwidth * Math.max(LEAST_BANDWIDTH_LEFT, 1 - utilisation[tier]);
  }

  /** Copies the state of `other`, which is for the same machine, into this object. */
  copyFrom(other: Migration): void {
    this.traffic.set(other.traffic);
    this.promoted = other.promoted;
    this.demoted = other.demoted;
    this.pingPong = other.pingPong;
    this.#coreNsLeft = other.#coreNsLeft;
    this.#subStepNs = other.#subStepNs;
  }
}

/** A page that is demoted within this time after its promotion moved for nothing, s. Source: choice. */
const PING_PONG_SECONDS = 10;

/**
 * Returns the expected time that threads wait while a page is away for `ns`. Each thread comes to the page at a Poisson
 * rate and waits from then until the copy ends. A waiting thread keeps no other lines in flight.
 *
 * @param rate accesses to the page by all threads, per ns
 * @returns thread-ns, at most `THREADS * ns`
 */
export function blockedThreadNs(ns: number, rate: number): number {
  // Lines are in flight in parallel, but the first line that meets the page stops its thread at retirement.
  const arrivals = (rate * ns) / THREADS;
  if (arrivals < 1e-6) return (THREADS * ns * arrivals) / 2;
  return THREADS * ns * (1 - (1 - Math.exp(-arrivals)) / arrivals);
}
