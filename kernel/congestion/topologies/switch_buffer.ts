const MIB = 2 ** 20;

/** Shared buffer of a switch for hosts of 50 Gb/s, bytes. It grows with the rate. Source: HPCC's packet simulator. */
const BUFFER_AT_50_GBPS = 16 * MIB;

/** Smallest buffer of a switch, bytes. Source: choice, so that slow fabrics can still hold a burst of many senders. */
const LEAST_BUFFER = 8 * MIB;

/** Shared buffer of a switch whose hosts have links of `gbps`, bytes. */
export function switchBuffer(gbps: number): number {
  return Math.max(LEAST_BUFFER, Math.round((BUFFER_AT_50_GBPS * gbps) / 50));
}
