import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { FileError } from "../../files/file_error.ts";
import { MOST_DEPTH, parseJson } from "../../files/parse_json.ts";
import { MOST_JSON, readJson } from "../../files/read_json.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("parseJson", () => {
  it("is JSON.parse up to a depth", () => {
    for (const text of ['{"a":[1,"x]}[{",null]}', '"\\"[["', nested(MOST_DEPTH), "1"]) {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }
  });

  it.each([
    [nested(MOST_DEPTH + 1), "101 levels deep; at most 100"],
    [nested(20_000), "20000 levels deep"],
    ['{"a":'.repeat(20_000), "20000 levels deep"],
    ["{\n", "JSON"],
  ])("refuses the rest in one line", (text, message) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
    expect(() => parseJson(text)).toThrow(message);
    expect(() => parseJson(text)).not.toThrow(/\n/);
  });

  it("makes __proto__ a property and no prototype", () => {
    const value = parseJson('{"__proto__":{"polluted":true}}') as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect("polluted" in {}).toBe(false);
  });
});

describe("readJson", () => {
  const schema = z.strictObject({ a: z.strictObject({ b: z.int().max(3) }) });

  it.each([
    ['{"a":{"b":4}}', "is damaged: a.b: Too big: expected number to be <=3, got 4"],
    ['{"a":{"b":"x"}}', 'a.b: Invalid input: expected number, received string, got "x"'],
    ["{}", "a: Invalid input: expected object, received undefined, got undefined"],
    ["{", "is damaged: Expected property name"],
    [nested(20_000), "is damaged: JSON is nested 20000 levels deep"],
    [`{"a":"${"y".repeat(100_000)}"}`, "a: Invalid input"],
    [" ".repeat(MOST_JSON + 1), `has ${MOST_JSON + 1} bytes; at most ${MOST_JSON}`],
  ])("names file, field, value and what is allowed", (text, message) => {
    const file = join(temporaryFolder(), "x.json");
    writeFileSync(file, text);
    expect(() => readJson(file, schema)).toThrow(FileError);
    expect(() => readJson(file, schema)).toThrow(`${file} `);
    expect(() => readJson(file, schema)).toThrow(message);
    expect(() => readJson(file, schema)).not.toThrow(/\n|.{1000}/);
  });
});
