// A recommendation as bytes: the answer of a policy to a dataset. Integers and numbers are little-endian.
//
//   0   4  magic: 52 30 52 43 ("R0RC")
//   4   1  version: 1
//   5   3  zero
//   8   4  operation of the dataset that it answers
//  12   4  weights id: differs between policies, so that evidence about one does not count for another
//  16   4  numbers of the action, N, of all rows together
//  20  4N  action, float32, row by row, as the action space flattens it

/** An answer to a dataset. */
export interface Recommendation {
  /** From 1 to 2^32 - 1. */
  operation: number;
  /** From 0 to 2^32 - 1. */
  weights: number;
  /** Row-major, flattened, all elements finite. The kernel checks whether it is in the action space. */
  action: Float32Array;
}

/** Why bytes are not a recommendation. */
export type RecommendationProblem = "magic" | "version" | "operation" | "length" | "number";

/** "R0RC". */
const RECOMMENDATION_MAGIC: readonly number[] = [0x52, 0x30, 0x52, 0x43];
/** The version that this code writes, and the only one it reads. */
const RECOMMENDATION_VERSION = 1;

const HEADER_BYTES = 20;

/** Size of a recommendation with this many numbers, in bytes. */
export function recommendationBytes(numbers: number): number {
  return HEADER_BYTES + 4 * numbers;
}

/**
 * Writes a recommendation at the start of `out`.
 *
 * @returns how many bytes it has
 * @throws RangeError if `out` has no room for it
 */
export function encodeRecommendation({ operation, weights, action }: Recommendation, out: Uint8Array): number {
  const length = recommendationBytes(action.length);
  if (length > out.length) {
    throw new RangeError(`the recommendation has ${length} bytes, there is room for ${out.length}`);
  }
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  out.set(RECOMMENDATION_MAGIC, 0);
  view.setUint32(4, RECOMMENDATION_VERSION, true);
  view.setUint32(8, operation, true);
  view.setUint32(12, weights, true);
  view.setUint32(16, action.length, true);
  for (let i = 0; i < action.length; i++) view.setFloat32(HEADER_BYTES + 4 * i, action[i], true);
  return length;
}

/**
 * The recommendation in `bytes`, or what is wrong with them. It never throws.
 *
 * @param trailing whether bytes may follow it, as in a device whose buffer is larger
 */
export function decodeRecommendation(bytes: Uint8Array, trailing = false): Recommendation | RecommendationProblem {
  if (!RECOMMENDATION_MAGIC.every((byte, i) => bytes[i] === byte)) return "magic";
  if (bytes.length < HEADER_BYTES) return "length";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(4, true) !== RECOMMENDATION_VERSION) return "version";
  const operation = view.getUint32(8, true);
  if (operation === 0) return "operation";
  const numbers = view.getUint32(16, true);
  const length = recommendationBytes(numbers);
  if (trailing ? bytes.length < length : bytes.length !== length) return "length";
  const action = new Float32Array(numbers);
  for (let i = 0; i < numbers; i++) {
    action[i] = view.getFloat32(HEADER_BYTES + 4 * i, true);
    if (!Number.isFinite(action[i])) return "number";
  }
  return { operation, weights: view.getUint32(12, true), action };
}
