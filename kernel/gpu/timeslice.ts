import { MAX_SLICE_US } from "./decision.ts";

/** Greatest value of the hardware's 8-bit timeout field. */
const MAX_TIMEOUT = 255;

/**
 * Encodes a timeslice as the hardware does: an 8-bit timeout shifted left by a 4-bit scale, rounded down. Source:
 * nvgpu, runlist_ram_gv11b (RAMRL timeslice timeout and scale).
 *
 * @param us the requested timeslice, at least 1; the fraction is dropped
 * @returns the encoded timeslice, us
 */
export function encodeTimeslice(us: number): number {
  let timeout = Math.min(Math.floor(us), MAX_SLICE_US);
  let scale = 0;
  while (timeout > MAX_TIMEOUT) {
    timeout = Math.floor(timeout / 2);
    scale++;
  }
  return timeout * 2 ** scale;
}
