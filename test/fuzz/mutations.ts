import fc from "fast-check";

// Inputs are made by damaging real files: an input of random bytes is refused at its first byte and reaches little code.

/** Texts that are no sensible number or name somewhere. */
export const ODD_TEXTS: readonly string[] = [
  ..."0 -0 1 -1 2 1.5 1e9 1e308 -1e308 1e999 NaN Infinity -Infinity 4294967296 2147483648 9007199254740993".split(" "),
  ..."99999999999999999999 0x10 1_000 +1 true null undefined [] {} __proto__ constructor toString . .. / x".split(" "),
  "",
  " ",
  "\t",
  "\0",
  "\u0661",
  "\ufeff1",
  "\u202ex",
  "\ud800",
  "\x1b[2J",
  "=1+1",
  "../../x",
  "a,b",
  '"',
  "'",
  "\n",
  "a\nb",
  "[".repeat(20_000),
  `{"a":`.repeat(20_000),
  `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
  "x".repeat(100_000),
];

const oddText = fc.constantFrom(...ODD_TEXTS);

/** Values that JSON can hold and a file should not. */
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(null, true, 0, -1, 1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 1e-320, 1e9) },
  { weight: 2, arbitrary: oddText },
  { weight: 1, arbitrary: fc.constantFrom([], {}, [[]], [null], { a: 1 }, nested(150), nested(20_000)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

const oddByte = fc.oneof(fc.constantFrom(0, 1, 127, 128, 255, 10, 13, 34, 44, 91, 123), fc.nat(255));

/** A change of bytes. Places are shares of the length, so that they fit every file. */
type Change = (bytes: Buffer) => Buffer;

const share = fc.double({ min: 0, max: 1, noNaN: true });

function at(bytes: Buffer, where: number): number {
  return Math.floor(where * bytes.length);
}

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(share, fc.nat(7)).map(
    ([where, bit]): Change =>
      (bytes) => {
        const i = Math.min(bytes.length - 1, at(bytes, where));
        if (i >= 0) bytes[i] ^= 1 << bit;
        return bytes;
      },
  ),
  fc.tuple(share, oddByte).map(
    ([where, byte]): Change =>
      (bytes) => {
        const i = Math.min(bytes.length - 1, at(bytes, where));
        if (i >= 0) bytes[i] = byte;
        return bytes;
      },
  ),
  share.map(
    (where): Change =>
      (bytes) =>
        bytes.subarray(0, at(bytes, where)),
  ),
  fc.tuple(share, fc.nat(64)).map(
    ([where, count]): Change =>
      (bytes) => {
        const i = at(bytes, where);
        return Buffer.concat([bytes.subarray(0, i), bytes.subarray(i + count)]);
      },
  ),
  fc.tuple(share, share, fc.nat(200)).map(
    ([from, to, count]): Change =>
      (bytes) => {
        const [i, j] = [at(bytes, from), at(bytes, to)];
        return Buffer.concat([bytes.subarray(0, j), bytes.subarray(i, i + count), bytes.subarray(j)]);
      },
  ),
  fc.tuple(share, fc.uint8Array({ maxLength: 16 })).map(
    ([where, added]): Change =>
      (bytes) => {
        const i = at(bytes, where);
        return Buffer.concat([bytes.subarray(0, i), added, bytes.subarray(i)]);
      },
  ),
  fc.tuple(share, oddText).map(
    ([where, text]): Change =>
      (bytes) =>
        replaceNumber(bytes, where, text),
  ),
);

/** Replaces a number in a text, the first one from a place on. */
function replaceNumber(bytes: Buffer, where: number, by: string): Buffer {
  const text = bytes.toString("latin1");
  const from = at(bytes, where);
  const match = /\d+(\.\d+)?/.exec(text.slice(from));
  if (match === null) return bytes;
  const begin = from + match.index;
  return Buffer.concat([bytes.subarray(0, begin), Buffer.from(by), bytes.subarray(begin + match[0].length)]);
}

/** Most often one, else up to `most`. */
function few<Value>(one: fc.Arbitrary<Value>, most: number): fc.Arbitrary<Value[]> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.tuple(one) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 2, maxLength: most }) },
  );
}

/** Damaged copies of one of several files. */
export function damagedBytes(samples: readonly (string | Uint8Array)[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...samples), few(change, 5))
    .map(([sample, changes]) => changes.reduce<Buffer>((bytes, next) => next(bytes), Buffer.from(sample)));
}

/** Damaged copies of a text with lines and cells. */
export function damagedLines(samples: readonly string[], separator: string): fc.Arbitrary<Buffer> {
  const edit = fc.tuple(fc.nat(7), share, share, oddText);
  const edited = fc.tuple(fc.constantFrom(...samples), few(edit, 4)).map(([sample, edits]) => {
    let lines = sample.split("\n");
    for (const [kind, row, column, text] of edits) {
      const i = Math.floor(row * (lines.length - 1));
      const cells = (lines[i] ?? "").split(separator);
      const k = Math.floor(column * cells.length);
      if (kind === 0) lines.splice(i, 1);
      else if (kind === 1) lines.splice(i, 0, lines[i] ?? "");
      else if (kind === 2) lines = lines.slice(0, i);
      else if (kind === 3) lines = lines.map((line) => line.split(separator).toSpliced(k, 1).join(separator));
      else {
        if (kind === 4) cells.splice(k, 1);
        else if (kind === 5) cells.splice(k, 0, text);
        else cells[k] = text;
        lines[i] = cells.join(separator);
      }
    }
    return Buffer.from(lines.join("\n"));
  });
  return fc.oneof({ weight: 3, arbitrary: edited }, { weight: 1, arbitrary: damagedBytes(samples) });
}

/** Changed copies of one of several JSON values: still JSON, and in most places still of the right shape. */
export function damagedValue<Value>(samples: readonly Value[]): fc.Arbitrary<Value> {
  const edit = fc.tuple(fc.nat(9), fc.array(share, { minLength: 1, maxLength: 6 }), oddValue, oddText);
  return fc
    .tuple(fc.constantFrom(...samples), few(edit, 3))
    .map(([sample, edits]) => edits.reduce<unknown>((value, one) => edited(value, ...one), sample) as Value);
}

/** The value with one change, at the place to which the steps lead. */
function edited(value: unknown, kind: number, steps: readonly number[], by: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || steps.length === 0) return by;
  const entries: [string, unknown][] = Object.entries(value);
  const i = Math.min(entries.length - 1, Math.floor(steps[0] * entries.length));
  if (i < 0) return by;
  const [, child] = entries[i];
  if (steps.length > 1 && typeof child === "object" && child !== null) {
    entries[i][1] = edited(child, kind, steps.slice(1), by, key);
  } else if (kind === 0) entries.splice(i, 1);
  else if (kind === 1) entries.push([key, by]);
  else if (kind === 2) entries.push(["__proto__", { polluted: true }]);
  else if (kind === 3) entries.push(entries[i]);
  else entries[i][1] = by;
  if (Array.isArray(value)) return entries.map(([, one]) => one);
  // Unlike an assignment this makes `__proto__` a property.
  return Object.fromEntries(entries);
}

/** Damaged copies of JSON files: changed values, or changed texts. */
export function damagedJson(samples: readonly unknown[]): fc.Arbitrary<Buffer> {
  return fc.oneof(
    { weight: 3, arbitrary: damagedValue(samples).map((value) => Buffer.from(jsonText(value))) },
    { weight: 1, arbitrary: damagedBytes(samples.map((value) => JSON.stringify(value))) },
  );
}

/** JSON of values that are nested deeper than `JSON.stringify` can go. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  }
}
