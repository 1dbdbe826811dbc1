/**
 * Units of everything in this folder: time in ns, data in bytes, rates in bytes per ns. 1 byte per ns is 8 Gb/s.
 *
 * A rate in Gb/s as bytes per ns.
 */
export function fromGbps(gbps: number): number {
  return gbps / 8;
}

/** A rate in bytes per ns as Gb/s. */
export function toGbps(rate: number): number {
  return rate * 8;
}

/** A rate in Mb/s as bytes per ns. */
export function fromMbps(mbps: number): number {
  return mbps / 8000;
}
