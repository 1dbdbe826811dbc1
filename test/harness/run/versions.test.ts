import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../temporary_folder.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

it("tells alterations of one commit apart", async () => {
  const clone = temporaryFolder();
  mkdirSync(join(clone, "harness"));
  for (const name of ["package.json", "tsconfig.json", "harness/run/versions.ts"])
    cpSync(join(ROOT, name), join(clone, name));
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
  writeFileSync(join(clone, ".gitignore"), "node_modules\n");
  writeFileSync(join(clone, "numbers.csv"), "0\n");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: clone, stdio: "pipe" });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "one");
  const { codeVersion: version } = await import(pathToFileURL(join(clone, "harness/run/versions.ts")).href);
  const clean = version();
  expect(clean).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{8}$/);
  writeFileSync(join(clone, "notes.txt"), "git does not know this");
  expect(version()).toBe(clean);
  writeFileSync(join(clone, "numbers.csv"), "1\n");
  const one = version();
  expect(one).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{8}\.altered\.[0-9a-f]{8}$/);
  expect(one.startsWith(clean)).toBe(true);
  expect(version()).toBe(one);
  writeFileSync(join(clone, "numbers.csv"), "2\n");
  expect(version()).not.toBe(one);
});
