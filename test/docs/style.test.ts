import { expect, it } from "vitest";
import { codeBlocks, documents } from "./documents.ts";

/** Words that readers stopped at; the documents have plainer ones. */
const UNCLEAR = /\b(in the place of|in the mean|whoever)\b/i;

const pages = documents().filter(({ path }) => !path.startsWith("docs/results/"));

it.each(pages)("$path is in plain words", ({ path, text }) => {
  const lines = text.split("\n").flatMap((line, i) => (UNCLEAR.test(line) ? [`${path}:${i + 1}: ${line}`] : []));
  expect(lines).toEqual([]);
});

it("the README has at most 900 words, and fifteen lines of code", () => {
  const { text } = pages.find(({ path }) => path === "README.md")!;
  expect(text.split(/\s+/).filter((word) => word !== "").length).toBeLessThanOrEqual(900);
  const [{ code }] = codeBlocks(text).filter(({ language }) => language === "ts");
  expect(code.split("\n").length).toBeLessThanOrEqual(15);
});
