import { readdirSync } from "node:fs";
import { posix } from "node:path";
import { expect, it } from "vitest";
import { documents, ROOT, relativeLinks } from "../docs/documents.ts";
import { packedFiles } from "./packed_files.ts";

const files = packedFiles();
const packed = new Set(files.map(({ path }) => path));
/** Documents by path; one that is not committed is a page of the site alone. */
const byPath = new Map(documents().map((document) => [document.path, document]));

it("are documents, pictures, traces, examples and the recorder, and no source that stands beside dist", () => {
  const kinds =
    /^(LICENSE|package\.json|workloads\/recorder\/(ring0-cc|\w+\.[ch])|export\/\w+\.c|examples\/programs\/\w+\.ts|.+\.(md|png|r0t))$/;
  expect([...packed].filter((path) => !kinds.test(path))).toEqual([]);
});

it("have every document and picture to which a document of the package links", () => {
  const texts = [...packed].filter((path) => path.endsWith(".md"));
  expect(texts).toContain("README.md");
  const missing = texts.flatMap((from) =>
    relativeLinks(byPath.get(from)!.text).flatMap(({ line, url }) => {
      const [file] = decodeURI(url).split("#");
      if (file === "") return [];
      const path = posix.join(posix.dirname(from), file);
      const onlyOnSite = from !== "README.md" && byPath.get(path)?.committed === false;
      return packed.has(path) || onlyOnSite ? [] : [`${from}:${line}: ${url}`];
    }),
  );
  expect(missing).toEqual([]);
});

it("have every recorded trace", () => {
  const traces = readdirSync(`${ROOT}workloads/traces`, { recursive: true, encoding: "utf8" });
  const paths = traces.filter((name) => name.endsWith(".r0t")).map((name) => `workloads/traces/${name}`);
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !packed.has(path))).toEqual([]);
});

it("have the compiler for programs to record, which can be run, and all that it compiles", () => {
  const recorder = files.filter(({ path }) => path.startsWith("workloads/recorder/"));
  expect(recorder.map(({ path, mode }) => [posix.basename(path), (mode & 0o111) !== 0]).sort()).toEqual([
    ["record_accesses.h", false],
    ["record_histogram.h", false],
    ["recorder.c", false],
    ["ring0-cc", true],
  ]);
});
