import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary_folder.ts";

const root = join(import.meta.dirname, "../..");
const toys = join(import.meta.dirname, "toys");

/** One line that is added to a shared file: behind a line that is there, or before it. */
interface Line {
  readonly file: string;
  readonly line: string;
  readonly before: string;
}

/** What is added of a kind: files of its own, and lines in files that others share. */
interface Addition {
  readonly toy: string;
  readonly lines: readonly Line[];
}

const HEURISTIC: Addition = {
  toy: "heuristic",
  lines: [
    { file: "baselines/gpu/index.ts", line: 'import { toy } from "./toy.ts";', before: "import type { GpuEntry }" },
    { file: "baselines/gpu/index.ts", line: "  toy,", before: "  composite," },
  ],
};

const AGENT: Addition = {
  toy: "agent",
  lines: [
    {
      file: "agents/index.ts",
      line: 'import { RandomSearchTrainer, randomSearchOptionsSchema } from "./random_search.ts";',
      before: "import { RolloutTrainer }",
    },
    {
      file: "agents/index.ts",
      line: `  entry({
    name: "random-search",
    description: "a toy",
    needsBackend: false,
    schema: randomSearchOptionsSchema,
    steps: 1000,
    refusal: () => null,
    create: (setup, options) => new RandomSearchTrainer(setup, options),
  }),`,
      before: '  entry({\n    name: "es"',
    },
  ],
};

const ENVIRONMENT: Addition = {
  toy: "environment",
  lines: [
    {
      file: "envs/index.ts",
      line: 'import { WRITEBACK_SPEC } from "./writeback/registration.ts";\nimport { WritebackEnv } from "./writeback/writeback.ts";',
      before: "import { TIERING_SPEC }",
    },
    {
      file: "envs/index.ts",
      line: "registry.register(WRITEBACK_SPEC, (context) => new WritebackEnv(context));",
      before: "registry.register(GPU_SPEC",
    },
    {
      file: "harness/problems/index.ts",
      line: 'import { writeback } from "./writeback.ts";',
      before: "import { tiering }",
    },
    {
      file: "harness/problems/index.ts",
      line: "export const problems: readonly Problem[] = [writeback, tiering,",
      before: "",
    },
  ],
};

/** A copy of the product without tests, in which things can be added. */
function scratchCopy(): string {
  const folder = temporaryFolder();
  const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.json"], { cwd: root });
  for (const file of tracked.toString().trim().split("\n")) {
    if (file.startsWith("test/") || file.startsWith("docs/") || file.startsWith("workloads/traces")) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  symlinkSync(join(root, "workloads/traces"), join(folder, "workloads/traces"));
  return folder;
}

/** Adds a toy to a copy. Returns the files of its own, and the shared ones that it changed. */
function add(folder: string, { toy, lines }: Addition): { own: string[]; shared: string[] } {
  const all = readdirSync(join(toys, toy), { recursive: true, encoding: "utf8" });
  const own = all.filter((file) => file.endsWith(".ts")).sort();
  cpSync(join(toys, toy), folder, { recursive: true });
  for (const { file, line, before } of lines) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const [from, to] = before === "" ? [line.replace("writeback, ", ""), line] : [before, `${line}\n${before}`];
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  }
  return { own, shared: [...new Set(lines.map(({ file }) => file))] };
}

/** Runs a script in a copy. Returns what it printed, read as JSON. */
function run(folder: string, script: string): unknown {
  const file = join(folder, "script.ts");
  writeFileSync(file, script);
  const tsx = ["--import", import.meta.resolve("tsx")];
  return JSON.parse(execFileSync(process.execPath, [...tsx, file], { cwd: folder, encoding: "utf8" }));
}

it("takes few edits of shared files to add a heuristic, an agent and an environment", () => {
  const folder = scratchCopy();
  const heuristic = add(folder, HEURISTIC);
  expect([...heuristic.own, ...heuristic.shared]).toEqual(["baselines/gpu/toy.ts", "baselines/gpu/index.ts"]);
  const agent = add(folder, AGENT);
  expect([...agent.own, ...agent.shared]).toEqual(["agents/random_search.ts", "agents/index.ts"]);
  const environment = add(folder, ENVIRONMENT);
  expect(environment.shared).toEqual(["envs/index.ts", "harness/problems/index.ts"]);
  expect(environment.shared.length).toBeLessThanOrEqual(5);
  expect(environment.own.every((file) => file.includes("writeback"))).toBe(true);

  execFileSync(join(root, "node_modules/.bin/tsc"), ["--noEmit", "-p", folder], { encoding: "utf8" });

  const found = run(
    folder,
    `import { createTrainer } from "./agents/index.ts";
    import { registry } from "./envs/index.ts";
    import { checkEnv } from "./gym/check.ts";
    import { evaluatePolicies } from "./harness/evaluate/evaluate_policies.ts";
    import { listEverything } from "./harness/evaluate/list.ts";
    import { simulate } from "./harness/evaluate/simulate.ts";
    import { planRun } from "./harness/train/plan_run.ts";
    const { environments, agents } = listEverything();
    const names = (alias: string) => environments.find((one) => one.alias === alias)?.policies;
    const trainer = createTrainer("random-search", {
      seed: 1,
      totalSteps: 10,
      overrides: { pairs: 1, episodes: 1 },
      vectorEnv: (numEnvs) => registry.makeVec("writeback", { numEnvs, splits: ["train"] }),
    });
    const { step } = trainer.update();
    trainer.dispose();
    const records = await evaluatePolicies({ env: "writeback", policies: ["break-even"], rivals: true, episodes: 1 });
    const { mean } = await simulate({ env: "gpu", policy: "toy", options: ["duration_ms=5"] });
    console.log(JSON.stringify({
      gpu: names("gpu")?.includes("toy"),
      toyRuns: Number.isFinite(mean.cost),
      agents: agents.includes("random-search"),
      trained: step !== null && step > 0,
      planned: (await planRun({ env: "writeback" })).agent,
      writeback: names("writeback"),
      broken: checkEnv(registry.make("writeback")).filter(({ ok }) => !ok),
      evaluated: [...new Set(records!.map(({ policy }) => policy))],
    }));`,
  );
  const policies = ["timer", "always", "ratio", "break-even", "reference"];
  expect(found).toEqual({
    gpu: true,
    toyRuns: true,
    agents: true,
    trained: true,
    planned: "ppo",
    writeback: [...policies, "random"],
    broken: [],
    evaluated: expect.arrayContaining([...policies, "bound"]),
  });
});
