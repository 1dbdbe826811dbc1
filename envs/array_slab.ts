/** Number of arrays in one allocation. Source: choice, some 100 KB. */
const ARRAYS = 64;

/**
 * Hands out new arrays of zeros, all of one length. The caller may keep them. They are parts of larger arrays, because
 * allocating a typed array takes longer than a whole step of a small simulation.
 */
export class ArraySlab<Numbers extends Float32Array | Uint8Array> {
  readonly #create: (length: number) => Numbers;
  readonly #length: number;
  #slab: Numbers;
  #used = 0;

  /** @param create makes an array of zeros */
  constructor(length: number, create: (length: number) => Numbers) {
    this.#create = create;
    this.#length = length;
    this.#slab = create(ARRAYS * length);
  }

  /** The next array, all zeros. */
  next(): Numbers {
    if (this.#used === ARRAYS) {
      this.#slab = this.#create(ARRAYS * this.#length);
      this.#used = 0;
    }
    const first = this.#used++ * this.#length;
    return this.#slab.subarray(first, first + this.#length) as Numbers;
  }
}
