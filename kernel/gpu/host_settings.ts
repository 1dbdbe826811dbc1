import type { GpuDecision } from "./decision.ts";

/** The part of a decision that is the host's own; one element a group. */
export type HostPart = Pick<GpuDecision, "hold" | "depth" | "spin" | "polling">;

/** Settings of the host that were decided and have not taken effect: they do in the order of the decisions. */
export class HostSettings {
  readonly #groups: number;
  readonly #waiting: HostPart[] = [];
  readonly #due: number[] = [];
  /** Objects that are used again. */
  readonly #spare: HostPart[] = [];

  constructor(groups: number) {
    this.#groups = groups;
  }

  /** When the first of them take effect, ns; Infinity without any. */
  get due(): number {
    return this.#due.length > 0 ? this.#due[0] : Number.POSITIVE_INFINITY;
  }

  /** Copies settings that are to take effect at `due`, or right behind those decided before. */
  submit(settings: HostPart, due: number): void {
    const copy = this.#spare.pop() ?? this.#create();
    copy.hold.set(settings.hold);
    copy.depth.set(settings.depth);
    copy.spin.set(settings.spin);
    copy.polling.set(settings.polling);
    const { length } = this.#due;
    this.#waiting.push(copy);
    this.#due.push(length > 0 ? Math.max(due, this.#due[length - 1]) : due);
  }

  /** Takes the first of them out; good until the next `submit`. */
  shift(): HostPart {
    const first = this.#waiting.shift()!;
    this.#due.shift();
    this.#spare.push(first);
    return first;
  }

  /** An exact copy. */
  fork(): HostSettings {
    const copy = new HostSettings(this.#groups);
    this.#waiting.forEach((settings, i) => {
      copy.submit(settings, this.#due[i]);
    });
    return copy;
  }

  #create(): HostPart {
    const n = this.#groups;
    return { hold: new Uint8Array(n), depth: new Int32Array(n), spin: new Uint8Array(n), polling: new Uint8Array(n) };
  }
}
