/**
 * Converts a rate from Gb/s to bytes per ns.
 *
 * Units in this folder: time in ns, data in bytes, rates in bytes per ns. 1 byte per ns is 8 Gb/s.
 */
export function fromGbps(gbps: number): number {
  return gbps / 8;
}

/** Converts a rate from bytes per ns to Gb/s. */
export function toGbps(rate: number): number {
  return rate * 8;
}

/** Converts a rate from Mb/s to bytes per ns. */
export function fromMbps(mbps: number): number {
  return mbps / 8000;
}
