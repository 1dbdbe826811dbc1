/** From about this many numbers on, a block copy is quicker than a loop. A shorter one does not pay for its view. */
const LONG = 64;

/** Copies `count` numbers from one array to another, the quicker way. */
export function copyNumbers<T extends Float32Array | Uint8Array>(
  from: T,
  fromOffset: number,
  to: T,
  toOffset: number,
  count: number,
): void {
  if (count > LONG) {
    to.set(from.subarray(fromOffset, fromOffset + count), toOffset);
    return;
  }
  for (let i = 0; i < count; i++) {
    to[toOffset + i] = from[fromOffset + i];
  }
}
