import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readResults } from "../../harness/benchmark/results.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { CLI_ARGUMENTS, runCli, runHere, startCli } from "./run_cli.ts";

const SMALL = "--env tiering --agents es --seeds 2 --steps 3000 --episodes 1 --no-tables".split(" ");

const RUN_MS = 240_000;

describe("benchmark cell", () => {
  it("goes on after a kill, under Slurm's script too, with the numbers of a run without one", {
    timeout: RUN_MS,
  }, async () => {
    const [killed, whole] = ["killed", "whole"].map((name) => join(temporaryFolder(), name));
    const planned = await runHere(["benchmark", "plan", ...SMALL, "--format", "json", "--out", killed]);
    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      format: "ring0-gym/plan",
      version: 1,
      cells: [
        { cell: 0, agent: null },
        { cell: 1, agent: "es", seed: 1 },
        { cell: 2, agent: "es", seed: 2 },
      ],
    });
    const { child, result } = startCli(["benchmark", "cell", "1", "--plan", killed]);
    const folder = join(killed, "jobs/tiering-es-seed-1");
    while (!existsSync(join(folder, "checkpoint"))) await pause(20);
    child.kill("SIGKILL");
    await result;
    expect(existsSync(join(folder, "results.csv"))).toBe(false);
    const merged = await runHere(["benchmark", "merge", killed]);
    expect([merged.code, merged.stderr]).toEqual([
      1,
      expect.stringMatching(/^3 of 3 cells have no result; nothing was merged/),
    ]);

    const program = [process.execPath, ...CLI_ARGUMENTS].join(" ");
    const written = await runHere(["benchmark", "--resume", killed, "--executor", "slurm", "--program", program]);
    expect(written.stderr).toMatch(/^wrote \S+slurm\.sh for 3 cells; submit it: sbatch /);
    execFileSync("sh", [join(killed, "slurm.sh")], {
      env: { ...process.env, SLURM_ARRAY_TASK_ID: "1" },
      stdio: "ignore",
    });
    const again = await runCli(["benchmark", "cell", "1", "--plan", killed]);
    expect(again.stderr).toMatch(/^cell 1 \(tiering-es-seed-1\) was done before: /);

    await runHere(["benchmark", "plan", ...SMALL, "--out", whole]);
    await runCli(["benchmark", "cell", "1", "--plan", whole]);
    const numbers = (path: string) =>
      readResults(join(path, "jobs/tiering-es-seed-1/results.csv")).flatMap(({ settings, ...record }) =>
        settings.includes(" machine=") ? [] : [record],
      );
    expect(numbers(killed)).toEqual(numbers(whole));
    expect(JSON.parse(readFileSync(join(folder, "machines.json"), "utf8"))).toHaveLength(1);
  });

  it("refuses options of other parts, and executors that are none", async () => {
    for (const [args, message] of [
      ["plan --workers 2", "benchmark plan has no option --workers"],
      ["merge nowhere --seeds 2", "benchmark merge has no option --seeds"],
      ["merge nowhere", "nowhere holds no benchmark"],
      ["cell x --plan nowhere", "It must be a whole number"],
      ["cell 0", "required option '--plan <dir>' not specified"],
      ["--executor ssh", 'command="ssh {host}", got "ssh"'],
      ["--executor ray=head", "as in ray=http://head:8265"],
      ["--hosts a,b", '--hosts belongs to --executor command, got "local"'],
      ["--submit", '--submit belongs to --executor slurm, got "local"'],
      ["--runtime-env 3", "It must be a JSON object"],
    ]) {
      const { code, stderr } = await runHere(["benchmark", ...args.split(" ")]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});
