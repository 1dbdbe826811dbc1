import type { CongestionDecision } from "./decision.ts";
import type { CongestionView } from "./view.ts";

/** Throws a RangeError that names the first invalid number of a decision. */
export function assertDecision({ program, rate, window }: CongestionDecision, { askedCount }: CongestionView): void {
  if (program !== null) return;
  for (const [name, values] of [
    ["rate", rate],
    ["window", window],
  ] as const) {
    if (values.length < askedCount) {
      throw new RangeError(
        `${name} must have an element for each of ${askedCount} asked queue pairs, got ${values.length}`,
      );
    }
    for (let i = 0; i < askedCount; i++) {
      if (!(values[i] > 0)) throw new RangeError(`${name}[${i}] must be above 0, got ${values[i]}`);
    }
  }
}
