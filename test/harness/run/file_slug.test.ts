import { expect, it } from "vitest";
import { fileSlug } from "../../../harness/run/file_slug.ts";

it("leaves plain names, and makes no path of any other", () => {
  for (const name of ["ppo", "ppo-es", "constant-1"]) expect(fileSlug(name)).toBe(name);
  const hostile = [
    "/../../../victim",
    "../x",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "-a",
    "a--b",
    "a\0b",
    "a\nb",
    "é",
    "x".repeat(300),
  ];
  const slugs = hostile.map(fileSlug);
  for (const slug of slugs) expect(slug).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,48}$/);
  expect(new Set(slugs).size).toBe(hostile.length);
  expect(fileSlug("a/b")).toMatch(/^a-b-[0-9a-f]{8}$/);
});
