import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import project from "../../package.json" with { type: "json" };
import { packedFiles } from "./packed_files.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const SUBSYSTEMS = ["tiering", "readahead", "gpu", "congestion"];

/** Subpaths of the package, and names that each must export. */
const SUBPATHS: Record<string, readonly string[]> = {
  "ring0-gym": ["registry", "checkEnv", "train", "evaluatePolicies", "GreedyReference", "tieringWorkloads"],
  "ring0-gym/gym": ["Registry", "Box", "VectorEnv", "checkEnv", "randomStream", "TimeLimit"],
  "ring0-gym/envs": ["registry", "CartPole"],
  "ring0-gym/workloads": ["decodeTrace", "encodeTrace", "importTrace", "recordProgram"],
  "ring0-gym/agents": ["agents", "createTrainer", "selectBackend", "loadPolicy", "NetworkPolicy"],
  "ring0-gym/ladder": ["MlModel", "ModeMachine", "ladderOptionsSchema"],
  "ring0-gym/harness": ["train", "evaluatePolicies", "simulate", "runLadder", "bench", "validate"],
};

/** What every subsystem exports: the subpath, the name, and whether it is a type only. */
function kinds(subsystem: string): { subpath: string; name: string; typeOnly: boolean }[] {
  const camel = subsystem;
  const pascal = `${subsystem[0].toUpperCase()}${subsystem.slice(1)}`;
  const of = (folder: string, names: readonly string[], typeOnly: boolean) =>
    names.map((name) => ({ subpath: `ring0-gym/${folder}`, name, typeOnly }));
  return [
    ...of(`kernel/${subsystem}`, [`${pascal}Kernel`, `${camel}Pressure`, "InvariantError"], false),
    ...of(
      `kernel/${subsystem}`,
      ["View", "Decision", "Outcome", "Scenario", "Workload"].map((kind) => `${pascal}${kind}`),
      true,
    ),
    ...of(`kernel/${subsystem}`, ["Heuristic<never, never>", "Subsystem<never, never, never, never>"], true),
    ...of(
      `baselines/${subsystem}`,
      [`${camel}Heuristics`, `${camel}Bound`, `${pascal}Reference`, `${camel}Tuned`],
      false,
    ),
    ...of(`baselines/${subsystem}`, [`${pascal}Entry`, `${pascal}Heuristic`, "Knob", "KnobValues", "Role"], true),
    ...of("envs", [`${pascal}Env`], false),
    ...of("workloads", [`${camel}Workloads`], false),
    ...of("workloads", [`${pascal}CatalogEntry`, `${pascal}OpenOptions`], true),
  ];
}

/** A program that uses every subpath with types, as a user of the package would write it. */
function consumer(): string {
  const parallel = SUBSYSTEMS.flatMap(kinds);
  const subpaths = [...new Set([...Object.keys(SUBPATHS), ...parallel.map(({ subpath }) => subpath)])];
  const alias = (subpath: string) => subpath.replaceAll(/\W/g, "_");
  const lines = subpaths.map((subpath) => `import * as ${alias(subpath)} from "${subpath}";`);
  parallel.forEach(({ subpath, name, typeOnly }, i) => {
    const full = `${alias(subpath)}.${name}`;
    lines.push(typeOnly ? `export type Type${i} = ${full};` : `export const value${i} = ${full};`);
    if (!/[<]|InvariantError/.test(name)) {
      lines.push(typeOnly ? `export type Root${i} = ring0_gym.${name};` : `export const root${i} = ring0_gym.${name};`);
    }
  });
  return `${lines.join("\n")}
import { registry } from "ring0-gym/envs";
import type { Env, StepResult } from "ring0-gym/gym";
import { tieringBound, tieringTuned } from "ring0-gym/baselines/tiering";

const env: Env<Float32Array, Float32Array> = registry.make<Float32Array, Float32Array>("tiering");
const { observation } = env.reset({ seed: 1 });
const result: StepResult<Float32Array> = env.step(new Float32Array(4));
export const sum: number = result.reward + observation[0]!;
// @ts-expect-error: rewards are numbers, which shows that types are there at all
export const wrong: string = result.reward;
// @ts-expect-error: a bound is not text
export const alsoWrong: string = tieringBound;
// @ts-expect-error: constants are an object
export const constants: string = tieringTuned;
`;
}

describe("the packed package", () => {
  let folder = "";

  function run(...args: readonly string[]): string {
    return execFileSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ring0-package-"));
    // Built and packed beside the checkout, whose own dist other programs may be using.
    const source = join(folder, "source");
    execFileSync(process.execPath, [TSC, "-p", "tsconfig.build.json", "--outDir", join(source, "dist")], { cwd: ROOT });
    for (const { path } of packedFiles()) cpSync(join(ROOT, path), join(source, path));
    execFileSync("npm", ["pack", "--ignore-scripts", "--offline", "--pack-destination", folder], {
      cwd: source,
      stdio: "ignore",
    });
    const installed = join(folder, "node_modules", project.name);
    mkdirSync(installed, { recursive: true });
    const tarball = join(folder, `${project.name}-${project.version}.tgz`);
    execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
    for (const dependency of [...Object.keys(project.dependencies), "@types/node"]) {
      const link = join(folder, "node_modules", dependency);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, "node_modules", dependency), link);
    }
    for (const script of ["import_subpaths.mjs", "step_envs.mjs", "record_modules.mjs"]) {
      cpSync(fileURLToPath(new URL(script, import.meta.url)), join(folder, script));
    }
  }, 180_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("exports the names of every subpath, and the same kinds of names for every subsystem", () => {
    const expected: Record<string, string[]> = {};
    for (const [subpath, names] of Object.entries(SUBPATHS)) expected[subpath] = [...names];
    for (const { subpath, name } of SUBSYSTEMS.flatMap(kinds).filter(({ typeOnly }) => !typeOnly)) {
      expected[subpath] ??= [];
      expected[subpath].push(name);
      expected["ring0-gym"].push(name);
    }
    const found = JSON.parse(run("import_subpaths.mjs", ...Object.keys(expected)));
    for (const [subpath, names] of Object.entries(expected))
      expect(found[subpath]).toEqual(expect.arrayContaining(names));
    // The root is the union of the subpaths.
    expect(new Set(Object.values(found).flat())).toEqual(new Set(found["ring0-gym"]));
  });

  test("steps every environment of /envs without a library for training, drawing or the command line", () => {
    const file = join(folder, "modules.json");
    const { stepped } = JSON.parse(
      execFileSync(process.execPath, ["--import", "./record_modules.mjs", "step_envs.mjs"], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, MODULES_FILE: file },
      }),
    );
    expect(stepped.length).toBeGreaterThanOrEqual(6);
    const loaded: string[] = JSON.parse(readFileSync(file, "utf8"));
    const packages = loaded.flatMap((url) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
    expect([...new Set(packages)].sort()).toEqual(["ring0-gym", "seedrandom"]);
    const folders = loaded.flatMap((url) => /ring0-gym\/dist\/(\w+)\//.exec(url)?.[1] ?? []);
    expect([...new Set(folders)].sort()).toEqual(["envs", "files", "gym", "kernel", "workloads"]);
  });

  test("loads no library for training or drawing with the root", () => {
    const file = join(folder, "modules.json");
    execFileSync(process.execPath, ["--import", "./record_modules.mjs", "import_subpaths.mjs", "ring0-gym"], {
      cwd: folder,
      env: { ...process.env, MODULES_FILE: file },
    });
    const loaded: string[] = JSON.parse(readFileSync(file, "utf8"));
    expect(loaded.filter((url) => /node_modules\/(@tensorflow|vega|vega-lite|@resvg|commander)\//.test(url))).toEqual(
      [],
    );
  });

  test("has types that a strict program can use", () => {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(folder, "consumer.ts"), consumer());
    const options = "--noEmit --strict --module nodenext --target es2023 --lib es2023,dom --types node".split(" ");
    expect(run(TSC, ...options, "consumer.ts")).toBe("");
  });
});
