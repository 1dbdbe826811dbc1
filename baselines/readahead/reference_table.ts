/** Largest value of a two-bit counter. */
const SURE = 3;

/**
 * A reference prediction table. For each key it holds the last page, the stride, and the confidence in the stride, 0 to
 * 3. A stride that holds once more gains confidence. A stride that does not hold loses confidence. Only a stride
 * without confidence is replaced. Source: Chen and Baer (1995), with the two-bit counter that later work uses instead
 * of their four states.
 */
export class ReferenceTable {
  readonly #last: Int32Array;
  readonly #stride: Int32Array;
  readonly #confidence: Uint8Array;

  /** @param keys number of keys */
  constructor(keys: number) {
    this.#last = new Int32Array(keys).fill(-1);
    this.#stride = new Int32Array(keys);
    this.#confidence = new Uint8Array(keys);
  }

  /** Records that `key` accessed `page`. An access to the same page again changes nothing. */
  learn(key: number, page: number): void {
    const last = this.#last[key];
    if (last === page) return;
    this.#last[key] = page;
    if (last < 0) return;
    const delta = page - last;
    if (delta === this.#stride[key]) this.#confidence[key] = Math.min(SURE, this.#confidence[key] + 1);
    else if (this.#confidence[key] > 0) this.#confidence[key]--;
    else this.#stride[key] = delta;
  }

  /** Stride of `key`, 0 if it has none. */
  strideOf(key: number): number {
    return this.#stride[key];
  }

  /** Confidence in the stride of `key`, 0 to 3. */
  confidenceOf(key: number): number {
    return this.#confidence[key];
  }
}
