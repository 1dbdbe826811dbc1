import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);

const FOLDERS = ["agents", "baselines", "cli", "envs", "files", "gym", "harness", "kernel", "ladder", "workloads"];

/** Longest line of a comment, columns. */
const LONGEST = 120;

const UNCLEAR = /\b(in the place of|in the mean|whoever)\b/i;

/** Lines of a comment: `//`, `/*`, or ` *` within one. Rows of a Markdown table cannot be wrapped and do not count. */
const COMMENT = /^\s*(\/\/|\/\*|\*( (?!\|)|\/|$))/;

/** Texts that stand in the committed results, letter by letter. */
const RENDERED = /a training in the mean;|hint: "how far scores fall short of the bound, in the mean/;

const files = [
  "index.ts",
  ...FOLDERS.flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `${folder}/${path}`),
  ),
];

// Documents have a test of their own, test/docs/style.test.ts.
it.each([
  ["comments have at most 120 columns", (line: string) => COMMENT.test(line) && line.length > LONGEST],
  ["code is in plain words", (line: string) => UNCLEAR.test(line) && !RENDERED.test(line)],
])("%s", (_, isWrong) => {
  const lines = files.flatMap((file) =>
    readFileSync(new URL(file, ROOT), "utf8")
      .split("\n")
      .flatMap((line, i) => (isWrong(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
  expect(lines).toEqual([]);
});
