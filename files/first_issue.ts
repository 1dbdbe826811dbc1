import type { z } from "zod";

/** Most characters of a value in a message. */
const SHOWN = 60;

/** The first thing that is wrong with a value: the field, what is allowed there, and what was found. */
export function firstIssue({ issues: [{ path, message }] }: z.ZodError, value: unknown): string {
  const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const where = path.length > 0 ? `${path.join(".").slice(0, 200)}: ` : "";
  return `${where}${message}, got ${shown(found)}`;
}

/** A value as a short text. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  if (text.length <= SHOWN) return text;
  if (typeof value !== "object") return `${text.slice(0, SHOWN)}...`;
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}
