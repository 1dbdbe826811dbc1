import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, documents, inlineCode, inRepository, relativeLinks } from "./documents.ts";

const all = documents();
const byPath = new Map(all.map((document) => [document.path, document]));
/** The site has a page for a folder where that has an index, and the API, which is written from the code. */
const ELSEWHERE = new Set(["docs/api/", "docs/api/index.md"]);

describe.each(all.map((document) => [document.path, document] as const))("%s", (path, { text, committed }) => {
  it("has no link that leads nowhere", () => {
    const faults = relativeLinks(text).flatMap(({ line, url }) => {
      const fault = faultOf(path, committed, decodeURI(url));
      return fault === null ? [] : [`${path}:${line}: ${url}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });
});

/** A file in the text of a page, not one of a run or a pattern. */
const SOURCE_FILE =
  /^(agents|baselines|cli|docs|envs|gym|harness|kernel|ladder|test|workloads)\/[\w./-]+\.(ts|json|md)$/;

it.each(all.filter(({ path }) => path.startsWith("docs/")))("$path names files that are there", ({ text }) => {
  const missing = inlineCode(text).filter((code) => SOURCE_FILE.test(code) && !inRepository(code));
  expect(missing).toEqual([]);
});

it("leads out of the README to committed files only", () => {
  for (const { url } of relativeLinks(byPath.get("README.md")!.text)) {
    expect(byPath.get(url.split("#")[0])?.committed ?? inRepository(url.split("#")[0]), url).toBe(true);
  }
});

/** What is wrong with a link of a document, or null. */
function faultOf(from: string, committed: boolean, url: string): string | null {
  const [file, anchor] = url.split("#");
  const path = file === "" ? from : posix.normalize(posix.join(posix.dirname(from), file));
  if (ELSEWHERE.has(path)) return null;
  const target = byPath.get(path);
  if (target === undefined && !inRepository(path)) return `there is no ${path}`;
  const ofSite = from.startsWith("docs/");
  if (ofSite && !path.startsWith("docs/")) return "leads out of the site";
  if (committed && !ofSite && target?.committed === false) return "is written only when the site is built";
  if (anchor === undefined) return null;
  if (target === undefined) return "has an anchor but is no document";
  return anchorsOf(target.text).has(anchor) ? null : `${path} has no heading #${anchor}`;
}
