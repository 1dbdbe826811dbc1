/**
 * Throws a RangeError unless `value` is a whole number of at least `least`.
 *
 * @param what name of the value in the message, for example `w: message 3: bytes`
 */
export function assertWhole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${what} must be a whole number >= ${least}, got ${value}`);
}
