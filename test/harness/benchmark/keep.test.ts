import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { benchmark, resumeBenchmark } from "../../../harness/benchmark/benchmark.ts";
import { JOBS, measurementsOf, readBenchmark } from "../../../harness/benchmark/manifest.ts";
import { jobsOf } from "../../../harness/benchmark/plan.ts";
import { type ResultRecord, readResults, resultsText } from "../../../harness/benchmark/results.ts";
import { JOB_RESULTS } from "../../../harness/benchmark/run_job.ts";
import { measuredText } from "../../../harness/report/measured_text.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { smallResults } from "./small_benchmark.ts";

const TIERING = "ring0/Tiering-v1";
const GPU = "ring0/GpuPreemption-v1";

/** Rows as if an environment had been measured: all costs are as many. */
function resultsOf(env: string, cost: number): ResultRecord[] {
  return smallResults().map((row) => ({ ...row, env, value: row.metric === "cost" ? cost : row.value }));
}

/** A benchmark that stops at once, before anything was measured. */
async function begun(env: string, options: { keep?: string; quick?: boolean } = {}): Promise<string> {
  const out = join(temporaryFolder(), "benchmark");
  const { status } = await benchmark(
    { envs: [env], agents: ["es"], seeds: 1, tables: false, out, ...options },
    { signal: AbortSignal.abort() },
  );
  expect(status).toBe("interrupted");
  return out;
}

/** The same, ended with numbers that nobody measured. */
async function finished(env: string, cost: number, options: { keep?: string; quick?: boolean } = {}): Promise<string> {
  const out = await begun(env, options);
  for (const [i, { name }] of jobsOf(readBenchmark(out).runs).entries()) {
    mkdirSync(join(out, JOBS, name), { recursive: true });
    writeFileSync(join(out, JOBS, name, JOB_RESULTS), resultsText(i === 0 ? resultsOf(env, cost) : []));
  }
  expect((await resumeBenchmark(out)).status).toBe("done");
  return out;
}

/** The costs that a benchmark has of an environment. */
function costsOf(path: string, env: string): number[] {
  const costs = readResults(join(path, "results.csv")).filter((row) => row.env === env && row.metric === "cost");
  return [...new Set(costs.map(({ value }) => value))];
}

describe("a benchmark that keeps the numbers of an earlier one", () => {
  it("has those of the other environments, and says where they are from", async () => {
    const first = await finished(GPU, 1);
    const second = await finished(TIERING, 2, { keep: first });
    expect([costsOf(second, GPU), costsOf(second, TIERING)]).toEqual([[1], [2]]);
    // The order is that of the list of environments, whichever was measured last.
    expect(readResults(join(second, "results.csv"))[0].env).toBe(GPU);

    const third = await finished(GPU, 3, { keep: second });
    expect([costsOf(third, GPU), costsOf(third, TIERING)]).toEqual([[3], [2]]);
    const measurements = measurementsOf(readBenchmark(third));
    expect(measurements.map(({ envs }) => envs)).toEqual([[GPU], [TIERING]]);
    expect(measurements[1].created).toBe(readBenchmark(second).created);
    expect(measuredText(readBenchmark(third))).toMatch(/^gpu: ring0-gym .* in all\. tiering: ring0-gym .* in all\.$/);
    expect(measuredText(readBenchmark(first))).toMatch(/^ring0-gym /);
  });

  it("takes over nothing from one that is not finished, or a quick one", async () => {
    const out = join(temporaryFolder(), "new");
    const keep = await begun(GPU);
    await expect(benchmark({ envs: [TIERING], keep, out })).rejects.toThrow(/cannot be kept: it is not finished/);
    const quick = await finished(GPU, 1, { quick: true });
    await expect(benchmark({ envs: [TIERING], keep: quick, out })).rejects.toThrow(/cannot be kept: it is a quick one/);
    await expect(benchmark({ envs: [TIERING], keep: "nowhere", out })).rejects.toThrow(/nowhere holds no benchmark/);
  });

  it("refuses numbers of an environment that there is not, before it makes its folder", async () => {
    const earlier = await finished(GPU, 1);
    const results = join(earlier, "results.csv");
    writeFileSync(results, readFileSync(results, "utf8").replace(GPU, "ring0/GpuPreemption-v9"));
    const out = join(temporaryFolder(), "new");
    await expect(benchmark({ envs: [TIERING], keep: earlier, out })).rejects.toThrow(
      `${earlier} cannot be kept: it has numbers of "ring0/GpuPreemption-v9"; environments are ring0/CongestionControl-v1, ring0/Gpu`,
    );
    expect(existsSync(out)).toBe(false);
    // Of the environment that is measured now nothing is kept.
    expect(costsOf(await finished(GPU, 2, { keep: await finished(GPU, 1) }), GPU)).toEqual([2]);
  });
});
