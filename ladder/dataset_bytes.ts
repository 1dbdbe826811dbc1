// A dataset as bytes: what the kernel shows a policy at a decision point. Integers and numbers are little-endian.
//
//   0   4  magic: 52 30 44 53 ("R0DS")
//   4   1  version: 1
//   5   1  flags: 1 first of its run, 2 end of its run (asks for nothing), 4 live, 8 the task itself ended
//   6   2  zero
//   8   4  operation: answers name it. It rises with every dataset that asks, over all runs; 0 if it asks for nothing
//  12   4  run: several may be under way at once, the live run and copies
//  16   4  rows
//  20   4  numbers of the observation, N, of all rows together
//  24   4  bytes of the mask, M, of all rows together; 0: every action is legal
//  28   8  reward since the last dataset of this run, float64; NaN: no recommendation decided anything since
//  36  4N  observation, float32, row by row
//   .   M  mask, each byte 0 or 1, row by row

/** A dataset: one decision point. */
export interface Dataset {
  /** From 1 to 2^32 - 1. 0 if it asks for nothing because the run has ended. */
  operation: number;
  /** From 0 to 2^32 - 1. */
  run: number;
  /** Whether the run begins here. */
  first: boolean;
  /** Whether the run is over. */
  end: boolean;
  /** False in a copy of the subsystem, whose operations have no consequences. */
  live: boolean;
  /** Whether the run is over because the task itself ended. The value of what follows is then 0. */
  terminated: boolean;
  /** Number of decision makers. 0 if it asks for nothing. */
  rows: number;
  /** Reward: mean over rows, summed over the operations since the last dataset of this run. NaN if there were none. */
  reward: number;
  /** Row-major. No element is NaN. */
  observation: Float32Array;
  /** Row-major. Null if every action is legal. */
  mask: Uint8Array | null;
}

/** Why bytes are not a dataset. */
export type DatasetProblem = "magic" | "version" | "flags" | "operation" | "rows" | "length" | "number" | "mask";

/** "R0DS". */
const DATASET_MAGIC: readonly number[] = [0x52, 0x30, 0x44, 0x53];
/** The version that this code writes, and the only one it reads. */
const DATASET_VERSION = 1;

const HEADER_BYTES = 36;
const FIRST = 1;
const END = 2;
const LIVE = 4;
const TERMINATED = 8;

/** Size of a dataset with this many numbers and mask bytes, in bytes. */
export function datasetBytes(numbers: number, maskBytes: number): number {
  return HEADER_BYTES + 4 * numbers + maskBytes;
}

/**
 * Writes a dataset at the start of `out`.
 *
 * @returns how many bytes it has
 * @throws RangeError if `out` has no room for it
 */
export function encodeDataset(dataset: Dataset, out: Uint8Array): number {
  const { observation, mask } = dataset;
  const length = datasetBytes(observation.length, mask?.length ?? 0);
  if (length > out.length) throw new RangeError(`the dataset has ${length} bytes, there is room for ${out.length}`);
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  out.set(DATASET_MAGIC, 0);
  view.setUint8(4, DATASET_VERSION);
  view.setUint8(5, flagsOf(dataset));
  view.setUint16(6, 0, true);
  view.setUint32(8, dataset.operation, true);
  view.setUint32(12, dataset.run, true);
  view.setUint32(16, dataset.rows, true);
  view.setUint32(20, observation.length, true);
  view.setUint32(24, mask?.length ?? 0, true);
  view.setFloat64(28, dataset.reward, true);
  for (let i = 0; i < observation.length; i++) view.setFloat32(HEADER_BYTES + 4 * i, observation[i], true);
  if (mask !== null) out.set(mask, HEADER_BYTES + 4 * observation.length);
  return length;
}

/**
 * The dataset in `bytes`, or what is wrong with them. It never throws.
 *
 * @param trailing whether bytes may follow it, as in a device whose buffer is larger
 */
export function decodeDataset(bytes: Uint8Array, trailing = false): Dataset | DatasetProblem {
  if (!DATASET_MAGIC.every((byte, i) => bytes[i] === byte)) return "magic";
  if (bytes.length < HEADER_BYTES) return "length";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(4) !== DATASET_VERSION) return "version";
  const flags = view.getUint8(5);
  const end = (flags & END) !== 0;
  const terminated = (flags & TERMINATED) !== 0;
  if (flags > 15 || view.getUint16(6, true) !== 0 || (terminated && !end)) return "flags";
  const operation = view.getUint32(8, true);
  if (end !== (operation === 0)) return "operation";
  const rows = view.getUint32(16, true);
  const numbers = view.getUint32(20, true);
  const maskLength = view.getUint32(24, true);
  if (end ? rows + numbers + maskLength > 0 : rows === 0 || numbers % rows > 0 || maskLength % rows > 0) return "rows";
  const length = datasetBytes(numbers, maskLength);
  if (trailing ? bytes.length < length : bytes.length !== length) return "length";
  const observation = new Float32Array(numbers);
  for (let i = 0; i < numbers; i++) {
    observation[i] = view.getFloat32(HEADER_BYTES + 4 * i, true);
    if (Number.isNaN(observation[i])) return "number";
  }
  const mask = maskLength === 0 ? null : bytes.slice(HEADER_BYTES + 4 * numbers, length);
  if (mask?.some((byte) => byte > 1)) return "mask";
  return {
    operation,
    run: view.getUint32(12, true),
    first: (flags & FIRST) !== 0,
    end,
    live: (flags & LIVE) !== 0,
    terminated,
    rows,
    reward: view.getFloat64(28, true),
    observation,
    mask,
  };
}

function flagsOf({ first, end, live, terminated }: Dataset): number {
  return (first ? FIRST : 0) | (end ? END : 0) | (live ? LIVE : 0) | (terminated ? TERMINATED : 0);
}
