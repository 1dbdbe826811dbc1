import { describe } from "./describe.ts";
import type { EnvSpec, Split } from "./env.ts";
import { isPlainData } from "./plain_data.ts";

const ID = /^(?:([\w-]+)\/)?([A-Za-z][\w-]*)-v(\d+)$/;
const ALIAS = /^[a-z][a-z0-9-]*$/;

/** The parts of an id `[namespace/]Name-vN`. */
export interface IdParts {
  namespace: string | null;
  name: string;
  version: number;
}

/** The parts of an id; null when the id is malformed. */
export function parseId(id: string): IdParts | null {
  const match = ID.exec(id);
  return match && { namespace: match[1] ?? null, name: match[2], version: Number(match[3]) };
}

/**
 * Checks the spec of an environment, as a registry does before it accepts one.
 *
 * @throws RangeError on a malformed id or alias, on a bad limit of steps, on two workloads or two options with one
 *   name, on a family of workloads in two splits, and when JSON cannot hold the spec
 */
export function assertSpec(spec: EnvSpec): void {
  if (parseId(spec.id) === null) {
    throw new RangeError(`an environment's id must look like namespace/Name-v1 or Name-v1, got ${describe(spec.id)}`);
  }
  if (!ALIAS.test(spec.alias)) {
    throw new RangeError(`${spec.id}: the alias must be lower-case letters, digits and -, got ${describe(spec.alias)}`);
  }
  assertLimit(spec.id, spec.maxEpisodeSteps);
  assertUnique(spec.id, "option", spec.options);
  assertUnique(spec.id, "workload", spec.workloads);
  const splits = new Map<string, Split>();
  for (const { name, family, split } of spec.workloads) {
    const other = splits.get(family) ?? split;
    if (other !== split) {
      throw new RangeError(
        `${spec.id}: workload ${name} is in ${split}, but others of the family ${family} are in ${other}`,
      );
    }
    splits.set(family, split);
  }
  if (!isPlainData(spec)) {
    throw new RangeError(`${spec.id}: the spec must be plain data that JSON can hold`);
  }
}

/** Throws a RangeError unless `maxEpisodeSteps` is a positive whole number, or null for no limit. */
export function assertLimit(id: string, maxEpisodeSteps: number | null): void {
  if (maxEpisodeSteps !== null && !(Number.isSafeInteger(maxEpisodeSteps) && maxEpisodeSteps > 0)) {
    throw new RangeError(`${id}: maxEpisodeSteps must be a positive whole number or null, got ${maxEpisodeSteps}`);
  }
}

function assertUnique(id: string, what: string, entries: readonly { name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) {
      throw new RangeError(`${id}: two ${what}s are called ${name}`);
    }
    seen.add(name);
  }
}
