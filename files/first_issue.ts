import type { z } from "zod";

/** Most characters of a value in a message. */
const SHOWN = 60;

/** The first thing that is wrong with a value: the field, what is allowed there, and what was found. */
export function firstIssue(error: z.ZodError, value: unknown): string {
  const { where, what } = firstIssueIn(error, value);
  return where === "" ? what : `${where}: ${what}`;
}

/** `firstIssue` in two parts: the field, empty where it is the value itself, and what is allowed and was found. */
export function firstIssueIn(
  { issues: [{ path, message }] }: z.ZodError,
  value: unknown,
): { where: string; what: string } {
  const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  return { where: path.join(".").slice(0, 200), what: `${message}, got ${shown(found)}` };
}

/** A value as a short text. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  if (text.length <= SHOWN) return text;
  if (typeof value !== "object") return `${text.slice(0, SHOWN)}...`;
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}
