import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary_folder.ts";
import { CLI_ARGUMENTS, runCli } from "./run_cli.ts";

const url = (path: string) => JSON.stringify(pathToFileURL(resolve(import.meta.dirname, "../..", path)).href);
const SHORT = ["--backend", "wasm", "--steps", "64", "--set", "numSteps=16", "--evaluations", "1", "--episodes", "1"];

/** A module that registers a copy of CartPole under a name of its own. */
function writeModule(folder: string): string {
  const path = join(folder, "my_env.mjs");
  writeFileSync(
    path,
    `import { CartPole, registry } from ${url("envs/index.ts")};
const { source, ...spec } = registry.spec("cartpole");
registry.register({ ...spec, id: "mine/Pole-v1", alias: "my-pole" }, (context) => new CartPole(context));
`,
  );
  return path;
}

it("a module that the command imports brings an environment, which trains, goes on and is evaluated", async () => {
  const folder = temporaryFolder();
  const module = writeModule(folder);
  const out = join(folder, "run");
  const trained = await runCli(["train", "--env", "my-pole", "--import", module, ...SHORT, "--out", out]);
  expect(trained.stderr).not.toMatch(/error/);
  expect(trained.code).toBe(0);
  expect(trained.stdout).toMatch(/^random +random/m);
  expect(JSON.parse(readFileSync(join(out, "summary.json"), "utf8")).env).toBe("mine/Pole-v1");

  const further = await runCli(["--import", module, "train", "--resume", out, "--steps", "128"]);
  expect(further.code).toBe(0);
  const without = await runCli(["evaluate", "--env", "my-pole", "--policy", out]);
  expect(without).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: unknown environment "my-pole"/) });
  const missing = await runCli(["list", "--import", join(folder, "nothing.mjs")]);
  expect(missing.stderr.trim().split("\n")).toEqual([expect.stringMatching(/^error: cannot import .*nothing.mjs: /)]);
  expect(missing.code).toBe(2);
});

it("the library trains an environment that was registered in this thread only", async () => {
  const folder = temporaryFolder();
  const out = join(folder, "run");
  const script = join(folder, "script.mjs");
  const options = {
    env: "my-pole",
    steps: 64,
    set: { numSteps: 16 },
    evaluations: 1,
    episodes: 1,
    backend: "wasm",
    out,
  };
  writeFileSync(
    script,
    `import ${url(writeModule(folder))};
import { train } from ${url("harness/train/train.ts")};
const { status } = await train(${JSON.stringify(options)});
console.log(status);
`,
  );
  const [flag, loader] = CLI_ARGUMENTS;
  const { stdout } = await promisify(execFile)(process.execPath, [flag, loader, script]);
  expect(stdout.trim()).toBe("done");
  expect(existsSync(join(out, "summary.json"))).toBe(true);
});
