import { EnvUsageError } from "../gym/env.ts";
import type { EnvContext } from "../gym/env_context.ts";
import { SEED_RANGES } from "../gym/seeds.ts";

/** The seed of an environment before its first reset with a seed: the first allowed seed. It is not random. */
export function firstSeed({ splits }: EnvContext): number {
  return splits === null ? 0 : SEED_RANGES[splits[0]][0];
}

/**
 * Chooses the workload of an episode: an object as it is, a workload by its name, or a drawn one of the allowed
 * workloads.
 *
 * @param wanted an object, a name, or undefined to draw
 * @param draw 0 to below 1
 * @param open makes the workload of a name
 * @throws EnvUsageError on an object when only some splits are allowed; SplitError or UnknownNameError on a name
 */
export function chooseWorkload<Workload extends { readonly name: string }>(
  context: EnvContext,
  wanted: string | Workload | undefined,
  draw: number,
  open: (name: string) => Workload,
): { name: string; workload: Workload } {
  if (typeof wanted === "object") {
    if (context.splits === null) return { name: wanted.name, workload: wanted };
    const allowed = context.splits.join(", ");
    throw new EnvUsageError(
      `${context.spec.id}: a workload object has no split; allowed here: workloads of ${allowed}`,
    );
  }
  const { workloads } = context;
  const { name } = context.openWorkload(wanted ?? workloads[Math.floor(draw * workloads.length)].name);
  return { name, workload: open(name) };
}
