import { describe } from "./describe.ts";
import type { EnvSpec, OptionSpec } from "./env.ts";
import { UnknownNameError } from "./nearest.ts";

/**
 * Checks the options of a reset against `spec.options`. An option that is undefined counts as not given.
 *
 * @throws UnknownNameError (a RangeError) on an option that the spec does not list, TypeError on a value of the wrong
 *   type, RangeError on a value outside the option's range or choices
 */
export function checkOptions(options: Readonly<Record<string, unknown>>, spec: EnvSpec): void {
  for (const [name, value] of Object.entries(options)) {
    const option = findOption(name, spec);
    if (value !== undefined) {
      checkOption(option, value, spec.id);
    }
  }
}

/**
 * Checks options before an environment receives them: as `checkOptions`, but it accepts any object as a value. Some
 * environments take objects, for example a workload instead of its name, and check them at the reset.
 *
 * @throws the same errors as `checkOptions`
 */
export function checkDefaultOptions(options: Readonly<Record<string, unknown>>, spec: EnvSpec): void {
  for (const [name, value] of Object.entries(options)) {
    const option = findOption(name, spec);
    const isObject = typeof value === "object" && value !== null;
    if (value !== undefined && !isObject) {
      checkOption(option, value, spec.id);
    }
  }
}

function findOption(name: string, spec: EnvSpec): OptionSpec {
  const option = spec.options.find((candidate) => candidate.name === name);
  if (option === undefined) {
    const known = spec.options.map((candidate) => candidate.name);
    throw new UnknownNameError(`option of ${spec.id}:`, name, known);
  }
  return option;
}

function checkOption(option: OptionSpec, value: unknown, id: string): void {
  const { name, type, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, choices } = option;
  if (typeof value !== type) {
    throw new TypeError(`${id}: option ${name} must be a ${type}, got ${describe(value)}`);
  }
  if (typeof value === "number" && !(value >= min && value <= max)) {
    throw new RangeError(`${id}: option ${name} must be from ${min} to ${max}, got ${value}`);
  }
  if (choices !== undefined && !choices.includes(value as string)) {
    throw new RangeError(`${id}: option ${name} must be one of ${choices.join(", ")}, got ${describe(value)}`);
  }
}
