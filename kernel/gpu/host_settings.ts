import type { GpuDecision } from "./decision.ts";

/** The host's own part of a decision. Arrays have one element per group. */
export type HostPart = Pick<GpuDecision, "hold" | "depth" | "spin" | "polling">;

/**
 * A queue of host settings that were decided and have not taken effect. They take effect in the order of the decisions.
 */
export class HostSettings {
  readonly #groups: number;
  readonly #waiting: HostPart[] = [];
  readonly #due: number[] = [];
  /** Objects for reuse. */
  readonly #spare: HostPart[] = [];

  constructor(groups: number) {
    this.#groups = groups;
  }

  /** Time at which the first settings take effect, ns; Infinity when none wait. */
  get due(): number {
    return this.#due.length > 0 ? this.#due[0] : Number.POSITIVE_INFINITY;
  }

  /** Copies settings that take effect at `due`, but not before the settings in front of them. */
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

  /** Removes the first settings and returns them. They are valid until the next `submit`. */
  shift(): HostPart {
    const first = this.#waiting.shift()!;
    this.#due.shift();
    this.#spare.push(first);
    return first;
  }

  /** Returns an exact copy. */
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
