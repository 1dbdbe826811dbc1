import { LadderError } from "./ladder_error.ts";
import type { DatasetState } from "./states.ts";

/**
 * The data that the kernel gives a policy to read: one snapshot at a time. As in the RFC, preparing it again gives the
 * same snapshot until it is discarded. The RFC declares the states of extraction and never sets them. Here reading sets
 * them.
 */
export class Dataset {
  #state: DatasetState = "allocated";
  #content: Uint8Array = new Uint8Array(0);
  #read = 0;
  readonly #onState: (state: DatasetState) => void;

  /** @param onState called with every new state */
  constructor(onState: (state: DatasetState) => void) {
    this.#onState = onState;
  }

  /** Present state. */
  get state(): DatasetState {
    return this.#state;
  }

  /** Bytes. */
  get size(): number {
    return this.#content.length;
  }

  /**
   * Takes a snapshot, unless there is one that was not discarded.
   *
   * @returns whether it took one
   */
  prepare(extract: () => Uint8Array): boolean {
    if (["clean", "extracted-partially", "extracted-completely"].includes(this.#state)) return false;
    try {
      this.#content = extract();
    } catch (error) {
      this.#become("extraction-failure");
      throw error;
    }
    this.#read = 0;
    this.#become("clean");
    return true;
  }

  /**
   * Copies bytes from `offset` on into `buffer`.
   *
   * @returns how many; 0 at the end
   * @throws LadderError ENODATA if nothing is prepared
   */
  read(buffer: Uint8Array, offset: number): number {
    if (!["clean", "extracted-partially", "extracted-completely"].includes(this.#state)) {
      throw new LadderError("ENODATA", `no dataset is prepared, its state is ${this.#state}`);
    }
    const part = this.#content.subarray(offset, offset + buffer.length);
    buffer.set(part);
    this.#read = Math.max(this.#read, offset + part.length);
    this.#become(this.#read >= this.#content.length ? "extracted-completely" : "extracted-partially");
    return part.length;
  }

  /** Discards the snapshot: it cannot be read any more, and the next preparation takes a new one. */
  discard(): void {
    this.#become("obsolete");
  }

  #become(state: DatasetState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state);
  }
}
