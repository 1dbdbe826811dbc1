import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary_folder.ts";
import { startCli } from "./run_cli.ts";

it("a training without the renderer's optional binary warns before it starts, and writes all but the PNG", async () => {
  const out = join(temporaryFolder(), "run");
  const train = ["train", "--env", "cartpole", "--backend", "wasm", "--steps", "64", "--set", "numSteps=16"];
  const hook = `--import=${resolve(import.meta.dirname, "hooks/no_resvg.mjs")}`;
  const rest = ["--evaluations", "1", "--episodes", "1", "--out", out];
  const { code, stdout, stderr } = await startCli([...train, ...rest], undefined, [hook]).result;
  expect(stderr.split("\n").filter((line) => line.startsWith("warning"))).toEqual([
    expect.stringMatching(/^warning: pictures are written as SVG only: .* \(Cannot find module '@resvg.*optional dep/),
  ]);
  expect(stdout).toMatch(/random/);
  expect(code).toBe(0);
  expect(existsSync(join(out, "summary.json"))).toBe(true);
  expect(existsSync(join(out, "curve.svg"))).toBe(true);
  expect(existsSync(join(out, "curve.png"))).toBe(false);
});
