import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callProgram } from "./call_program.ts";
import type { Files } from "./target.ts";

/** Folders that commands wrote, as files by name. */
export interface Fixtures {
  /** A finished training of ppo, and one of es, on CartPole. */
  readonly ppo: Files;
  readonly es: Files;
  /** A run of the mode ladder. */
  readonly ladder: Files;
}

const TINY = ["--steps", "64", "--episodes", "1", "--evaluations", "1"];

/** Makes the folders by the smallest runs that the commands allow. */
export async function makeFixtures(): Promise<Fixtures> {
  const folder = mkdtempSync(join(tmpdir(), "ring0-fuzz-runs-"));
  const make = async (name: string, args: readonly string[]): Promise<Files> => {
    const out = join(folder, name);
    const { code, stderr } = await callProgram([...args, "--out", out], 120_000);
    if (code !== 0) throw new Error(`cannot make the fixture ${name}: ${stderr}`);
    return filesOf(out);
  };
  try {
    const small = ["--set", "numEnvs=2", "--set", "numSteps=16", "--set", "hidden=[4]"];
    return {
      ppo: await make("ppo", ["train", "--env", "cartpole", "--agent", "ppo", ...TINY, ...small]),
      es: await make("es", ["train", "--env", "cartpole", "--agent", "es", ...TINY, "--set", "pairs=1"]),
      ladder: await make("ladder", ["ladder", "--env", "tiering", "--policy", "lru", "--blocks", "2"]),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files of a folder by their paths in it. */
function filesOf(folder: string): Files {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path))]),
  );
}

/** A file of a fixture as text. */
export function textOf(files: Files, name: string): string {
  const content = files[name];
  if (content === undefined) throw new Error(`the fixture has no ${name}: ${Object.keys(files).join(", ")}`);
  return Buffer.from(content).toString("utf8");
}
