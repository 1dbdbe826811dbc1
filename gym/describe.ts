/** Most entries of an array or object that a message shows. */
const SHOWN = 16;

/** A value as short text for messages: `3`, `"3"`, `[0.5, NaN]` for a Float32Array, `Int32Array [1, 2]` for others. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value);
  }
  if (value instanceof Float32Array) {
    return list(Array.from(value, shortest));
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `${value.constructor.name} ${list(Array.from(value as Uint8Array, String))}`;
  }
  if (Array.isArray(value)) {
    return list(value.map(describe));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).slice(0, SHOWN);
    return entries.length === 0
      ? "{}"
      : `{ ${entries.map(([key, entry]) => `${key}: ${describe(entry)}`).join(", ")} }`;
  }
  return String(value);
}

function list(entries: readonly string[]): string {
  const more = entries.length > SHOWN ? `, ... ${entries.length} in all` : "";
  return `[${entries.slice(0, SHOWN).join(", ")}${more}]`;
}

/** The shortest text that reads back as the same 32-bit number, e.g. 0.1 and not 0.10000000149011612. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) {
      return String(text);
    }
  }
  return String(value);
}
