import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BENCHMARK_FILE, type Benchmark, RESULTS_FILE } from "../../../harness/benchmark/manifest.ts";
import { type ResultRecord, resultsText } from "../../../harness/benchmark/results.ts";
import type { PolicyRole } from "../../../harness/play/policy.ts";

const ENV = "ring0/Tiering-v1";
const SETTINGS = "episodes=2 steps=200 backend=none";

/** Costs by workload, two episodes each; the bound is at 0 and the default at 10. */
const COSTS = { redis: [2, 4], sort: [5, 5], graph: [8, 6] };

/** Rows of a benchmark of one environment: scores are those of `COSTS` plus `better` for each policy. */
export function smallResults(): ResultRecord[] {
  const policies: [policy: string, role: PolicyRole, better: number, seed: number | null][] = [
    ["autonuma", "default", Number.NaN, null],
    ["static", "static", -0.3, null],
    ["memtis-colloid", "published", 0.04, null],
    ["memtis", "published", -0.1, null],
    ["level-law", "hand-rule", 0.3, null],
    ["reference", "reference", 0.4, null],
    ["bound", "bound", Number.NaN, null],
    ["ppo", "agent", 0, 1],
    ["ppo", "agent", 0.05, 2],
    ["ppo", "agent", 0.1, 3],
    ["es", "agent", 0.2, 1],
    ["es", "agent", 0.2, 2],
    ["es", "agent", 0.2, 3],
  ];
  return policies.flatMap(([policy, role, better, seed]) => policyResults(policy, role, better, seed));
}

function policyResults(policy: string, role: PolicyRole, better: number, training_seed: number | null): ResultRecord[] {
  const head = { env: ENV, policy, role, sees: null, training_seed, condition: null, version: "0.1.0+test" };
  const general = { ...head, workload: null, seed: null, step: null, settings: SETTINGS };
  let seed = 2_000_000;
  const episodes = Object.entries(COSTS).flatMap(([workload, costs]) =>
    costs.flatMap((cost) => {
      const score = role === "default" ? 0 : role === "bound" ? 1 : 1 - cost / 10 + better;
      const of = { ...head, split: "test" as const, workload, seed: seed++, step: null, settings: SETTINGS };
      return [
        { ...of, metric: "cost", value: 10 * (1 - score) },
        { ...of, metric: "score", value: score },
        ...(role === "agent" ? [{ ...of, metric: "charged_score", value: score - 0.01 }] : []),
      ];
    }),
  );
  if (role !== "agent") {
    const level = role === "default" ? 0 : role === "bound" ? 1 : 0.5 + better;
    return [...episodes, { ...general, split: "validation", metric: "score", value: level }];
  }
  // The agent that is worse on the test split is better on the validation split.
  const kept = policy === "ppo" ? 0.9 : 0.5;
  return [
    ...episodes,
    { ...general, split: "test", metric: "decision_us", value: 12 },
    { ...general, split: "test", metric: "policy_bytes", value: 400 },
    { ...general, split: "validation", step: 100, metric: "score", value: kept - 0.2 - 0.01 * training_seed! },
    { ...general, split: "validation", step: 200, metric: "score", value: kept },
    { ...general, split: "validation", step: 200, metric: "kept_score", value: kept },
    { ...general, split: "train", metric: "training_seconds", value: 60 },
  ];
}

/** Writes it as the folder of a finished benchmark. */
export function writeSmallBenchmark(folder: string, created = "2026-01-02T03:04:05.000Z"): void {
  const description: Benchmark = {
    format: "ring0-gym/benchmark",
    version: 1,
    code: "0.1.0+test",
    machine: "2 cores of a test",
    quick: true,
    tables: true,
    created,
    wall_seconds: 300,
    finished: true,
    workers: 2,
    runs: [],
    kept: [],
  };
  writeFileSync(join(folder, BENCHMARK_FILE), JSON.stringify(description));
  writeFileSync(join(folder, RESULTS_FILE), resultsText(smallResults()));
  writeFileSync(join(folder, "validation.csv"), "id,expected,simulated,holds\nfirst,1,1.01,true\nsecond,2,3,false\n");
  writeFileSync(join(folder, "throughput.csv"), "name,value,unit\ncartpole/env_steps,1000000,steps/s\n");
}

/** Writes the folder of a finished training with as many seeds: intervals are 0.25 to 0.75, that of the rival's mean 0.125 to 0.375. */
export function writeSmallTraining(folder: string, training_seeds: number): void {
  const interval = { low: 0.25, high: 0.75 };
  const policies = [
    { policy: "ppo", role: "agent", training_seeds, mean: 0.5, interval, decision_us: 2, difference: null },
    {
      policy: "level-law",
      role: "hand-rule",
      training_seeds: 0,
      mean: 0.25,
      interval: { low: 0.125, high: 0.375 },
      decision_us: 1,
      difference: { mean: 0.25, interval, probability: 0.75 },
    },
  ];
  writeFileSync(join(folder, "curve.svg"), SMALL_SVG);
  writeFileSync(join(folder, "summary.json"), JSON.stringify({ env: ENV, agent: "ppo", test: { policies } }));
}

/** A picture with nothing in it. */
export const SMALL_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>';

/** Writes the folder of a run of the mode ladder. */
export function writeSmallLadder(folder: string): void {
  writeFileSync(join(folder, "ladder.csv"), "policy,cost\nppo,1.25\n");
  writeFileSync(join(folder, "ladder.svg"), SMALL_SVG);
}
