/** Smallest window after a hit. Source: mm/swap_state.c, __swapin_nr_pages. */
const SMALLEST_AFTER_HIT = 4;

/**
 * Returns the number of pages that Linux reads at a major fault, the faulting page included: 1, 2, 4, 8, ...
 *
 * The window covers the hits since the last fault and two more pages, rounded up to a power of two. Without hits it is
 * two pages if the fault is next to the remembered place, else one. A window is never smaller than half of the window
 * before it. Source: mm/swap_state.c, __swapin_nr_pages, written from its description.
 *
 * @param previous remembered place: page number or slot
 * @param current place of the fault
 * @param hits pages read ahead that were used since the last fault
 * @param max largest window, a power of two
 * @param previousWindow result at the last fault, 0 before the first
 */
export function windowRule(
  previous: number,
  current: number,
  hits: number,
  max: number,
  previousWindow: number,
): number {
  let wanted: number;
  if (hits === 0) {
    wanted = Math.abs(current - previous) === 1 ? 2 : 1;
  } else {
    wanted = SMALLEST_AFTER_HIT;
    while (wanted < hits + 2 && wanted < max) wanted *= 2;
  }
  return Math.max(Math.min(wanted, max), previousWindow >> 1);
}
