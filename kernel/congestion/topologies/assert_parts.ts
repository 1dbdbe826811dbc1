/** Highest rate of a link, Gb/s. Source: choice, twice the fastest Ethernet in use. */
export const MOST_GBPS = 1600;

/** Longest cable, ns: 2,000 km of fibre. Source: choice. */
const MOST_DELAY_NS = 10_000_000;

/** Largest number of hosts, switches or hops in a topology. Source: choice. */
const MOST_COUNT = 4096;

/**
 * Throws a RangeError unless `value` is a whole number from `least` to `most`. `topology` is the name of the topology.
 */
export function assertCount(topology: string, what: string, value: number, least: number, most = MOST_COUNT): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${topology}: ${what} must be a whole number from ${least} to ${most}, got ${value}`);
}

/** Throws a RangeError unless `value` is a possible rate of a link, Gb/s. */
export function assertGbps(topology: string, what: string, value: number): void {
  if (value > 0 && value <= MOST_GBPS) return;
  throw new RangeError(`${topology}: ${what} must be above 0 and at most ${MOST_GBPS} Gb/s, got ${value}`);
}

/** Throws a RangeError unless `value` is a possible delay of a cable, ns. */
export function assertDelay(topology: string, what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= MOST_DELAY_NS) return;
  throw new RangeError(`${topology}: ${what} must be a whole number from 1 to ${MOST_DELAY_NS} ns, got ${value}`);
}
