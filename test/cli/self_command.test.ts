import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { selfCommand } from "../../cli/self_command.ts";
import { temporaryFolder } from "../temporary_folder.ts";

afterEach(() => vi.restoreAllMocks());

const from = (folder: string) => {
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  return selfCommand("train", "--resume", "runs/my run");
};

it("is a script of npm in a clone", () => {
  const clone = join(import.meta.dirname, "../..");
  expect(from(clone)).toBe("npm run train -- --resume 'runs/my run'");
  // npm starts scripts in the folder of the package, so a path from elsewhere becomes absolute.
  expect(from(join(clone, "test"))).toBe(`npm run train -- --resume '${join(clone, "test/runs/my run")}'`);
});

it("is npx in a project that has the package, whatever its own scripts are", () => {
  const project = temporaryFolder();
  mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "node_modules/.bin/ring0-gym"), "");
  writeFileSync(join(project, "package.json"), '{ "name": "mine", "scripts": { "train": "python train.py" } }');
  for (const folder of [project, join(project, "src")]) {
    expect(from(folder)).toBe("npx ring0-gym train --resume 'runs/my run'");
  }
});

it("is the file that was started elsewhere", () => {
  vi.spyOn(process, "argv", "get").mockReturnValue(["/usr/bin/node", "/opt/ring0/dist/cli/main.js"]);
  vi.spyOn(process, "execArgv", "get").mockReturnValue([]);
  expect(from(temporaryFolder())).toBe("/usr/bin/node /opt/ring0/dist/cli/main.js train --resume 'runs/my run'");
  vi.spyOn(process, "argv", "get").mockReturnValue(["/usr/bin/node", "/usr/local/bin/ring0-gym"]);
  expect(from(temporaryFolder())).toBe("ring0-gym train --resume 'runs/my run'");
});
