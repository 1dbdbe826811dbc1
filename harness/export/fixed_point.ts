/** Bits of a saturated feature or activation, with its sign: two of them and their product fit 32 bits. */
const VALUE_BITS = 16;

/** Greatest saturated feature or activation. */
export const MOST_VALUE = 2 ** (VALUE_BITS - 1) - 1;

/** Greatest magnitude of a 32-bit number whose sign may change. */
export const MOST_INT32 = 2 ** 31 - 1;

/** Most fractional bits of a feature. Source: choice; a kernel rarely knows more than that. */
const MOST_SHIFT = 24;

/** A number as an integer of `shift` fractional bits, rounded and saturated to 32 bits. */
export function toFixed(value: number, shift: number): number {
  return clamp(Math.round(value * 2 ** shift), -MOST_INT32, MOST_INT32);
}

/** The number nearest to `value` from `low` to `high`. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/**
 * The most fractional bits with which numbers of this magnitude fit 16 bits; negative when the numbers are too large
 * for any.
 */
export function shiftFor(magnitude: number): number {
  if (magnitude === 0) return VALUE_BITS - 1;
  return Math.min(MOST_SHIFT, Math.floor(Math.log2(MOST_VALUE / magnitude)));
}
