import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readResults } from "../../harness/benchmark/results.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runCli, runHere, startCli } from "./run_cli.ts";

const SMALL = "benchmark --env tiering --agents es --seeds 3 --steps 900 --episodes 1 --no-tables --workers 1".split(
  " ",
);

/** Starts a command and sends it a signal as soon as a file exists. */
async function stopped(args: readonly string[], file: string, signal: NodeJS.Signals) {
  const { child, result } = startCli(args);
  const poll = setInterval(() => {
    if (!existsSync(file)) return;
    clearInterval(poll);
    child.kill(signal);
  }, 20);
  const ended = await result;
  clearInterval(poll);
  return ended;
}

describe("benchmark", () => {
  it("continues after a kill, and ends with results, pictures and a page", async () => {
    const out = join(temporaryFolder(), "small");
    const jobs = join(out, "jobs");
    await stopped([...SMALL, "--out", out], join(jobs, "tiering-rivals/results.csv"), "SIGKILL");
    expect(readdirSync(out)).not.toContain("results.csv");
    const rivals = readFileSync(join(jobs, "tiering-rivals/results.csv"), "utf8");

    const second = join(jobs, "tiering-es-seed-1/results.csv");
    const resumed = stopped(["benchmark", "--resume", out], second, "SIGINT");
    while (!existsSync(join(jobs, "tiering-es-seed-1"))) await pause(20);
    const beside = await runCli(["benchmark", "--resume", out]);
    expect([beside.code, beside.stderr]).toEqual([
      2,
      expect.stringMatching(/^error: process \d+ works in .*small; wait/),
    ]);
    const interrupted = await resumed;
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toMatch(/interrupted and saved; continue with: .*--resume/);

    const { code, stdout, stderr } = await runCli(["benchmark", "--resume", out]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/wrote .*report\.html/);
    expect(readFileSync(join(jobs, "tiering-rivals/results.csv"), "utf8")).toBe(rivals);
    expect(readdirSync(out).sort()).toEqual(
      [
        "benchmark.json",
        "jobs",
        "report.html",
        "results.csv",
        "tables.md",
        "tiering-curve-es.png",
        "tiering-families.png",
        "tiering-profile.png",
      ].sort(),
    );
    const results = readResults(join(out, "results.csv"));
    const seeds = results.flatMap(({ role, training_seed }) => (role === "agent" ? [training_seed] : []));
    expect([...new Set(seeds)]).toEqual([1, 2, 3]);
    const page = join(out, "report.html");
    const text = readFileSync(page, "utf8");
    rmSync(page);
    expect((await runHere(["benchmark", "--resume", out])).code).toBe(0);
    expect(readFileSync(page, "utf8")).toBe(text);
    expect((await runHere(["benchmark", "--resume", out])).stderr).toMatch(
      /is finished; its page is made again by: report /,
    );

    // A policy folder gives the same record, wherever it is.
    const record = results.find((one) => one.training_seed === 2 && one.metric === "cost")!;
    const policy = join(jobs, "tiering-es-seed-2/policy");
    const evaluated = await runHere(
      ["evaluate", "--env", "tiering", "--policy", policy].concat("--split test --episodes 1 --format json".split(" ")),
    );
    const same = JSON.parse(evaluated.stdout).find(({ seed }: { seed: number }) => seed === record.seed);
    expect(same).toMatchObject({ workload: record.workload, policy: "es", split: "test" });
    expect(Number(same.cost.toPrecision(7))).toBe(record.value);

    // The record alone gives it, too, for an agent and for a heuristic.
    for (const wanted of [record, results.find((one) => one.policy === "memtis" && one.metric === "cost")!]) {
      const place = `${join(out, "results.csv")}:${results.indexOf(wanted) + 2}`;
      const replayed = await runHere(["benchmark", "--replay", place]);
      expect([replayed.code, replayed.stderr]).toEqual([0, "the same\n"]);
    }
  }, 240_000);
});
