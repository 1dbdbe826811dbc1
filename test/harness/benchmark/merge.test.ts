import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { benchmarkCell } from "../../../harness/benchmark/cell.ts";
import { createPlan } from "../../../harness/benchmark/create_plan.ts";
import { writeFailure } from "../../../harness/benchmark/failure.ts";
import { BENCHMARK_FILE, JOBS, readBenchmark, writeDescription } from "../../../harness/benchmark/manifest.ts";
import { mergeBenchmark } from "../../../harness/benchmark/merge.ts";
import { type Cell, planText } from "../../../harness/benchmark/plan.ts";
import { readResults, resultsText, withMachine } from "../../../harness/benchmark/results.ts";
import { JOB_RESULTS } from "../../../harness/benchmark/run_job.ts";
import { codeVersion, machineName } from "../../../harness/run/versions.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { smallResults } from "./small_benchmark.ts";

const OPTIONS = { envs: ["tiering"], agents: ["es"], seeds: 2, tables: false } as const;

const planned = () => createPlan({ ...OPTIONS, out: join(temporaryFolder(), "plan") });

/** Writes a result that nobody measured. */
function finish(folder: string, { name, cell }: Cell, machine = machineName()): void {
  const records = smallResults().filter(({ role, training_seed }) =>
    cell === 0 ? role !== "agent" : role === "agent" && training_seed === cell,
  );
  mkdirSync(join(folder, JOBS, name), { recursive: true });
  writeFileSync(
    join(folder, JOBS, name, JOB_RESULTS),
    resultsText(records.map((record) => withMachine(record, machine))),
  );
}

describe("createPlan", () => {
  it("gives the same cells for the same options, numbered from 0, and their environment, agent and seed", async () => {
    const [one, two] = [await planned(), await planned()];
    const text = planText(one.cells, one.benchmark.code);
    expect(text).toEqual(planText(two.cells, two.benchmark.code));
    expect(text).toMatchObject({ format: "ring0-gym/plan", version: 1, code: codeVersion() });
    const env = "ring0/Tiering-v1";
    expect(text.cells).toEqual([
      { cell: 0, job: "tiering-rivals", kind: "rivals", env, agent: null, seed: null },
      { cell: 1, job: "tiering-es-seed-1", kind: "training", env, agent: "es", seed: 1 },
      { cell: 2, job: "tiering-es-seed-2", kind: "training", env, agent: "es", seed: 2 },
    ]);
    const { cells } = await createPlan({ ...OPTIONS, tables: true, out: join(temporaryFolder(), "plan") });
    expect(cells.slice(3).map(({ name, cell }) => [name, cell])).toEqual([
      ["validation", 3],
      ["throughput", 4],
    ]);
  });
});

describe("benchmarkCell", () => {
  it("leaves a finished cell as it is, and refuses other numbers and plans of other code", async () => {
    const { path, cells, benchmark } = await planned();
    finish(path, cells[1]);
    const file = join(path, JOBS, cells[1].name, JOB_RESULTS);
    const before = readFileSync(file, "utf8");
    expect(await benchmarkCell(1, path)).toMatchObject({ before: true, folder: join(path, JOBS, "tiering-es-seed-1") });
    expect(readFileSync(file, "utf8")).toBe(before);
    await expect(benchmarkCell(3, path)).rejects.toThrow("has the cells 0 to 2, got 3");
    writeDescription(path, { ...benchmark, code: "0.0.1" });
    await expect(benchmarkCell(0, path)).rejects.toThrow("the benchmark was begun by 0.0.1, the code here is");
    expect(existsSync(join(path, JOBS, cells[0].name))).toBe(false);
  });

  it("writes into another folder of the same plan only", async () => {
    const [{ path, cells }, other] = [await planned(), await planned()];
    const out = join(temporaryFolder(), "here");
    finish(out, cells[2]);
    expect((await benchmarkCell(2, path, { out })).before).toBe(true);
    expect(readBenchmark(out).created).toBe(readBenchmark(path).created);
    await expect(benchmarkCell(2, other.path, { out })).rejects.toThrow(`${out} is of another plan than ${other.path}`);
  });
});

describe("mergeBenchmark", () => {
  it("lists cells without a result with the reason of the last failure, and writes only if it is told to", async () => {
    const { path, cells } = await planned();
    finish(path, cells[0]);
    finish(path, cells[2]);
    mkdirSync(join(path, JOBS, cells[1].name));
    writeFailure(join(path, JOBS, cells[1].name), "out of paper");
    const found = await mergeBenchmark([path]);
    expect(found).toMatchObject({ cells: 3, written: false });
    expect(found.lost).toEqual([{ cell: cells[1], failure: `${machineName()}: out of paper` }]);
    expect(existsSync(join(path, "results.csv"))).toBe(false);

    expect((await mergeBenchmark([path], { incomplete: true })).written).toBe(true);
    expect(readBenchmark(path).finished).toBe(false);
    expect(new Set(readResults(join(path, "results.csv")).map(({ training_seed }) => training_seed))).toEqual(
      new Set([null, 2]),
    );
  });

  it("merges folders of machines that share none, and says which machines they were", async () => {
    const { path, cells } = await planned();
    const out = join(temporaryFolder(), "there");
    cpSync(path, out, { recursive: true });
    finish(path, cells[0]);
    finish(out, cells[1], "m1 (a processor, Node v22)");
    finish(out, cells[2], "m2 (a processor, Node v22)");
    expect(await mergeBenchmark([path, out])).toEqual({ path, cells: 3, lost: [], written: true });
    const { finished, machine, workers } = readBenchmark(path);
    expect({ finished, workers }).toEqual({ finished: true, workers: null });
    expect(machine).toBe("2 machines: m1 (a processor, Node v22); m2 (a processor, Node v22)");
    expect(existsSync(join(path, JOBS, cells[1].name, JOB_RESULTS))).toBe(true);

    const other = await planned();
    await expect(mergeBenchmark([path, other.path])).rejects.toThrow("is of another plan");
    await expect(mergeBenchmark([join(path, JOBS)])).rejects.toThrow(`${BENCHMARK_FILE} is missing`);
  });
});
