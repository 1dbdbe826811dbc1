import { COPY_BANDWIDTH, type Machine, MIGRATION_BANDWIDTH_SHARE, MIGRATION_FIXED_NS, THREADS } from "./machine.ts";
import type { PageTable } from "./page_table.ts";

/** Least share of a tier's bandwidth that a copy is assumed to get when the tier is loaded. Source: choice. */
const LEAST_BANDWIDTH_LEFT = 0.05;

/** Most of a tier's bandwidth that moves take, those included that cannot be put off. Source: choice. */
const MOST_TRAFFIC = 0.9;

/**
 * Moves pages and says what that costs: bandwidth on both tiers, time of the one core that copies, and the time of
 * threads that touch a page while it is on its way (its mapping is a migration entry, and they wait).
 */
export class Migration {
  /** Migration traffic of the current sub-step on each memory tier, bytes per ns; what the closed loop is loaded with. */
  readonly traffic: Float64Array;
  /** Pages moved to a faster and to a slower tier since the start. */
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

  /** Starts a sub-step of `seconds`: no traffic yet, and the copying core has that long. */
  beginSubStep(seconds: number): void {
    this.traffic.fill(0);
    this.#subStepNs = seconds * 1e9;
    this.#coreNsLeft = this.#subStepNs;
  }

  /** Whether a page can move from tier `from` to tier `to` within this sub-step's bandwidth and copying time. */
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

  /** Moves that nobody can put off (reclaim, swap-in) stretch beyond the sub-step rather than take all of a tier. */
  #addTraffic(tier: number, bytesPerNs: number): void {
    if (tier >= this.#memoryTiers) return;
    const most = MOST_TRAFFIC * this.#machine.tiers[tier].bandwidth;
    this.traffic[tier] = Math.min(most, this.traffic[tier] + bytesPerNs);
  }

  /** Time to copy one page between two tiers, ns. */
  copyNs(from: number, to: number, utilisation: Float64Array): number {
    const left = Math.min(this.#bandwidthLeft(from, utilisation), this.#bandwidthLeft(to, utilisation));
    return MIGRATION_FIXED_NS + this.#machine.pageBytes / Math.min(COPY_BANDWIDTH, left);
  }

  #bandwidthLeft(tier: number, utilisation: Float64Array): number {
    const { bandwidth } = this.#machine.tiers[tier];
    if (tier >= this.#memoryTiers) return bandwidth;
    return bandwidth * Math.max(LEAST_BANDWIDTH_LEFT, 1 - utilisation[tier]);
  }

  /** Takes over the state of `other`, for the same machine. */
  copyFrom(other: Migration): void {
    this.traffic.set(other.traffic);
    this.promoted = other.promoted;
    this.demoted = other.demoted;
    this.pingPong = other.pingPong;
    this.#coreNsLeft = other.#coreNsLeft;
    this.#subStepNs = other.#subStepNs;
  }
}

/** A page demoted this soon after its promotion went back and forth for nothing, s. Source: choice. */
export const PING_PONG_SECONDS = 10;

/**
 * Expected time that threads stand still while a page is away for `ns`: each thread comes to the page at a Poisson
 * rate and waits from then until the copy ends. A thread that waits keeps its other lines in flight no further.
 *
 * @param rate accesses to the page by all threads, per ns
 * @returns thread-ns, at most `THREADS * ns`
 */
export function blockedThreadNs(ns: number, rate: number): number {
  // Lines are in flight in parallel, but the first that meets the page stops its thread at retirement.
  const arrivals = (rate * ns) / THREADS;
  if (arrivals < 1e-6) return (THREADS * ns * arrivals) / 2;
  return THREADS * ns * (1 - (1 - Math.exp(-arrivals)) / arrivals);
}
