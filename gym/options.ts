import { describe } from "./describe.ts";
import type { EnvSpec, OptionSpec } from "./env.ts";
import { UnknownNameError } from "./nearest.ts";

/**
 * Checks the options of a reset against `spec.options`. Options that are undefined count as not given.
 *
 * @throws UnknownNameError (a RangeError) on an option the spec does not list, TypeError on a value of the wrong type,
 *   RangeError on one outside its range or choices
 */
export function checkOptions(options: Readonly<Record<string, unknown>>, spec: EnvSpec): void {
  for (const [name, value] of Object.entries(options)) {
    const option = spec.options.find((candidate) => candidate.name === name);
    if (option === undefined) {
      const known = spec.options.map((candidate) => candidate.name);
      throw new UnknownNameError(`option of ${spec.id}:`, name, known);
    }
    if (value !== undefined) {
      checkOption(option, value, spec.id);
    }
  }
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
