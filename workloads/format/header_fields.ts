/** Returns what is wrong with the value of a header field, e.g. "expected a power of two, got 3". Null: it is right. */
export type HeaderField = (value: unknown) => string | null;

/** The fields of a header: a check for each value, and the same again for a part with fields of its own. */
export type HeaderFields<Header> = {
  readonly [Name in keyof Header]: Header[Name] extends object ? HeaderFields<Header[Name]> : HeaderField;
};

/** Longest text of a header field, characters. */
const LONGEST_TEXT = 10_000;

/** A header field of text. */
export const text: HeaderField = (value) =>
  typeof value === "string" && value.length >= 1 && value.length <= LONGEST_TEXT
    ? null
    : `expected a text of 1 to ${LONGEST_TEXT} characters, got ${shown(value)}`;

/** A header field that counts something, at least 1 and below 2^32. */
export const count: HeaderField = whole(1, 2 ** 32 - 1);

/** A header field that is a power of two below 2^32. */
export const powerOfTwo: HeaderField = (value) =>
  count(value) === null && Number.isInteger(Math.log2(value as number))
    ? null
    : `expected a power of two below 2^32, got ${shown(value)}`;

/** A header field that is a whole number from `least` to `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): HeaderField {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? null
      : `expected a whole number from ${least} to ${most}, got ${shown(value)}`;
}

/**
 * Reads a header: checks that `data` has these fields and no others, and returns them in this order.
 *
 * @param refuse is told the path of the first wrong field, e.g. `filter.sets`, empty for the whole, and what is wrong
 */
export function readFields<Header>(
  fields: HeaderFields<Header>,
  data: unknown,
  refuse: (path: readonly string[], problem: string) => never,
): Header {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    return refuse([], `expected an object, got ${shown(data)}`);
  }
  const given = data as Record<string, unknown>;
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<HeaderField | HeaderFields<object>>(fields)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (typeof field !== "function") {
      read[name] = readFields<object>(field, value, (path, problem) => refuse([name, ...path], problem));
      continue;
    }
    const problem = field(value);
    if (problem !== null) refuse([name], problem);
    read[name] = value;
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) refuse([], `expected only ${Object.keys(fields).join(", ")}, got ${shown(unknown)}`);
  return read as Header;
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? String(value);
}
