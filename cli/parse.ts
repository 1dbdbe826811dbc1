import { InvalidArgumentError, Option } from "commander";
import { parseJson } from "../files/parse_json.ts";

/**
 * An option that takes a whole number from `least` to `most`. The help states the limit.
 *
 * @param least default 1
 */
export function countOption(flags: string, description: string, most: number, least = 1): Option {
  return new Option(flags, `${description}, at most ${most}`).argParser((text) => parseInteger(text, least, most));
}

/** Parses a whole number from 0 to 2^53 - 1, for commander. */
export function parseWhole(text: string): number {
  return parseInteger(text, 0, Number.MAX_SAFE_INTEGER);
}

function parseInteger(text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !(value >= least && value <= most)) {
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more, at most ${most}.`);
  }
  return value;
}

/** Adds a value to an option that may be given several times, for commander. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Parses names separated by commas, for commander. The option may be given several times. */
export function collectNames(text: string, before: readonly string[] = []): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("It must be names, separated by commas.");
  return [...before, ...names];
}

/**
 * Parses `key=value`, for commander. The value is JSON if it parses as JSON, else text. The option may be given several
 * times.
 */
export function collectSettings(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must look like key=value.");
  return { ...before, [text.slice(0, at)]: jsonOrText(text.slice(at + 1)) };
}

function jsonOrText(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    if (text.length > LONGEST_VALUE) {
      throw new InvalidArgumentError(`It must have at most ${LONGEST_VALUE} characters, or be JSON.`);
    }
    return text;
  }
}

/** Most characters of a value that is no JSON. Source: choice. */
const LONGEST_VALUE = 10_000;

/** Parses a JSON object, for commander. */
export function parseObject(text: string): object {
  const value = jsonOrText(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError("It must be a JSON object.");
  }
  return value;
}
