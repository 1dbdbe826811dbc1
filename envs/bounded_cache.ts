/**
 * Keeps values that are expensive to make. When it is full, it drops all of them: a simple rule that rarely applies.
 */
export class BoundedCache<Value> {
  readonly #capacity: number;
  readonly #values = new Map<string, Value>();

  /** @param capacity largest number of values */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The value of `key`; `make` makes it if the cache does not hold it. */
  get(key: string, make: () => Value): Value {
    let value = this.#values.get(key);
    if (value === undefined) {
      value = make();
      if (this.#values.size >= this.#capacity) this.#values.clear();
      this.#values.set(key, value);
    }
    return value;
  }
}
