import { assertSeed } from "../kernel/random.ts";
import type { EnvSpec, Split, WorkloadEntry } from "./env.ts";
import type { EnvContext } from "./env_context.ts";
import { UnknownNameError } from "./nearest.ts";
import { SEED_RANGES, splitOfSeed } from "./seeds.ts";

/** A workload or a seed belongs to a split that the environment may not use. */
export class SplitError extends RangeError {
  override readonly name = "SplitError";
}

/** Limits an environment to the workloads and seeds of some splits, so that training never sees test data. */
export class SplitGuard implements EnvContext {
  readonly spec: EnvSpec;
  readonly splits: readonly Split[] | null;
  readonly workloads: readonly WorkloadEntry[];

  /**
   * @param splits the allowed splits; null allows all
   * @throws RangeError when `splits` is empty, has an unknown name, or contains none of the workloads of the spec
   */
  constructor(spec: EnvSpec, splits: readonly Split[] | null) {
    for (const split of splits ?? []) {
      if (!Object.hasOwn(SEED_RANGES, split)) {
        throw new UnknownNameError("split", split, Object.keys(SEED_RANGES));
      }
    }
    this.spec = spec;
    this.splits = splits && [...splits];
    this.workloads = spec.workloads.filter(({ split }) => splits === null || splits.includes(split));
    if (splits?.length === 0 || (spec.workloads.length > 0 && this.workloads.length === 0)) {
      throw new RangeError(`${spec.id}: no workload is in the allowed splits: ${splits?.join(", ") || "none"}`);
    }
  }

  openWorkload(name: string): WorkloadEntry {
    const entry = this.spec.workloads.find((workload) => workload.name === name);
    if (entry === undefined) {
      const known = this.workloads.map((workload) => workload.name);
      throw new UnknownNameError(`workload of ${this.spec.id}:`, name, known);
    }
    if (!this.workloads.includes(entry)) {
      throw new SplitError(`workload ${name} is in the split ${entry.split}; allowed here: ${this.splits?.join(", ")}`);
    }
    return entry;
  }

  checkSeed(seed: number): void {
    assertSeed(seed);
    const split = splitOfSeed(seed);
    if (this.splits !== null && (split === null || !this.splits.includes(split))) {
      const allowed = this.splits.map((name) => `${name} (${SEED_RANGES[name][0]} to ${SEED_RANGES[name][1] - 1})`);
      throw new SplitError(
        `seed ${seed} belongs to ${split === null ? "no split" : `the split ${split}`}; allowed here: ${allowed.join(", ")}`,
      );
    }
  }
}
