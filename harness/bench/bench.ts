import { selectBackend } from "../../agents/backend.ts";
import { agents, createTrainer } from "../../agents/index.ts";
import type { Trainer } from "../../agents/trainer.ts";
import { vma } from "../../baselines/readahead/vma.ts";
import { registry } from "../../envs/index.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { randomStream } from "../../kernel/random.ts";
import { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import { recorded } from "../../workloads/readahead/recorded.ts";
import { findProblem } from "../evaluate/evaluate.ts";
import { playEpisode } from "../play/episode.ts";
import { heuristicPolicy } from "../play/policy.ts";
import { problems } from "../problems/problem.ts";
import { trainingDefaults } from "../problems/training_defaults.ts";
import { scenarioOf } from "../scenarios/readahead.ts";
import { benchCongestion } from "./bench_congestion.ts";
import { benchScenario, gpuDecisionsPerSecond, gpuEventsPerSecond, gpuStepsPerSecond } from "./bench_gpu.ts";
import { ladderOverhead } from "./bench_ladder.ts";

/** One measured number. */
export interface BenchResult {
  name: string;
  value: number;
  unit: string;
}

/** Measurements of one thing; the best counts, because everything else on the machine can only make it slower. */
const REPETITIONS = 5;

/** Actions drawn ahead of time, so that drawing them is not measured. */
const ACTIONS = 4096;

const CARTPOLE = "CartPole-v1";
const TIERING = "ring0/Tiering-v1";
const READAHEAD = "ring0/Readahead-v1";
const GPU = "ring0/GpuPreemption-v1";
const CONGESTION = "ring0/CongestionControl-v1";

/**
 * Recorded programs whose page accesses are played: one thread of which one access in 17 faults, and four of which more
 * than one in three does.
 */
const RECORDED = [
  ["recorded", "sqlite"],
  ["fault_heavy_recorded", "zstd-mt"],
] as const;

/**
 * Measures the throughput of environments, agents, policies and heuristics, one after another in this process. Takes
 * about two minutes.
 *
 * @param onResult called with each number as it is known
 */
export async function bench(onResult: (result: BenchResult) => void = () => {}): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  const report = (name: string, value: number, unit: string) => {
    const result = { name, value: Number(value.toPrecision(4)), unit };
    results.push(result);
    onResult(result);
  };
  const backend = (await selectBackend("wasm")).name;
  report("cartpole/env_steps", stepsPerSecond(CARTPOLE, {}, 1_000_000), "steps/s");
  const small = stepsPerSecond(TIERING, { pages: 4096, workload: "zipf" }, 2000);
  const large = stepsPerSecond(TIERING, { pages: 16384, workload: "zipf" }, 500);
  report("tiering/env_steps_4096_pages", small, "steps/s");
  report("tiering/env_steps_16384_pages", large, "steps/s");
  report("tiering/time_of_16384_pages_over_4_times_4096", small / large / 4, "ratio");
  report("readahead/env_steps", stepsPerSecond(READAHEAD, { workload: "mixed" }, 2000), "steps/s");
  for (const [label, trace] of RECORDED) {
    report(`readahead/page_accesses_vma_${label}_trace`, accessesPerSecond(trace), "accesses/s");
  }
  const pair = benchScenario(1, 1);
  report("gpu/events", gpuEventsPerSecond(pair, REPETITIONS), "events/s");
  report("gpu/events_10_groups", gpuEventsPerSecond(benchScenario(5, 5), REPETITIONS), "events/s");
  report("gpu/decisions", gpuDecisionsPerSecond(pair, REPETITIONS), "decisions/s");
  report("gpu/env_steps", gpuStepsPerSecond(pair, 10_000, REPETITIONS), "steps/s");
  benchCongestion(report, REPETITIONS);
  for (const problem of problems) {
    const { alias } = registry.spec(problem.id);
    report(`${alias}/ladder_overhead_of_an_operation`, ladderOverhead(problem, REPETITIONS), "us");
  }
  for (const { name, needsBackend } of agents) {
    const suffix = needsBackend ? `_${backend}` : "";
    for (const id of [CARTPOLE, TIERING, READAHEAD, GPU, CONGESTION]) {
      if (!isMeasured(name, id)) continue;
      const speed = trainingSpeed(name, id, id === CARTPOLE ? 100_000 : 8_000);
      report(`${registry.spec(id).alias}/${name}_train_steps${suffix}`, speed, "steps/s");
    }
  }
  for (const id of [CARTPOLE, TIERING, READAHEAD, GPU]) {
    const { alias } = registry.spec(id);
    report(`${alias}/policy_decision`, decisionTime(id), "us");
  }
  for (const id of [TIERING, READAHEAD, GPU]) {
    const problem = findProblem(id)!;
    const env = registry.make(id, { splits: ["train"], wrap: false });
    for (const entry of problem.heuristics) {
      const policy = heuristicPolicy(problem, entry);
      const times = Array.from({ length: 3 }, (_, seed) => playEpisode(env, policy, seed).decisionMicroseconds);
      report(`${env.spec.alias}/${entry.name}_decision`, Math.min(...times), "us");
    }
  }
  return results;
}

/** Page accesses a second of a whole recording, NVMe and a quarter of the frames, under Linux's readahead by VMA. */
function accessesPerSecond(trace: string): number {
  const workload = recorded(trace, "train").open(0, { accesses: Number.MAX_SAFE_INTEGER });
  const scenario = scenarioOf(workload);
  const heuristic = vma("default").create({});
  const kernel = new ReadaheadKernel();
  let best = 0;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    heuristic.reset();
    const start = performance.now();
    kernel.reset(scenario, 0);
    while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
    best = Math.max(best, (1000 * kernel.position) / (performance.now() - start));
  }
  return best;
}

/**
 * Random actions through `Env.step` as `make` gives it, result objects included; new episodes are not timed. Where actions
 * are masked, the next one that is allowed, and finding it is timed.
 */
function stepsPerSecond(id: string, options: Record<string, unknown>, steps: number): number {
  const env: AnyEnv = registry.make(id);
  const random = randomStream(0, "bench/actions");
  const actions = Array.from({ length: ACTIONS }, () => env.actionSpace.sample(random));
  env.reset({ seed: 0, options });
  let best = 0;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    let milliseconds = 0;
    let start = performance.now();
    for (let i = 0; i < steps; i++) {
      const { terminated, truncated } = env.step(allowed(actions[i % ACTIONS], env.actionMask()));
      if (terminated || truncated) {
        milliseconds += performance.now() - start;
        env.reset({ options });
        start = performance.now();
      }
    }
    milliseconds += performance.now() - start;
    best = Math.max(best, (1000 * steps) / milliseconds);
  }
  env.close();
  return best;
}

/** The action, or the next one in a row that the mask allows. */
function allowed(action: unknown, mask: Uint8Array | null): unknown {
  if (mask === null) return action;
  let next = action as number;
  while (mask[next] === 0) next = (next + 1) % mask.length;
  return next;
}

/**
 * Whether an algorithm's speed in an environment says something: on the reference environment of those that can learn there, elsewhere of
 * the environment's own and PPO. A single update of evolution strategies plays hundreds of whole episodes, which takes minutes in some.
 */
function isMeasured(agent: string, id: string): boolean {
  if (id !== CARTPOLE) return agent === trainingDefaults(id).agent || agent === "ppo";
  try {
    newTrainer(agent, id).dispose();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Environment steps a second of training: acting, environments and learning. Measures at least `steps` steps. */
function trainingSpeed(agent: string, id: string, steps: number): number {
  const trainer = newTrainer(agent, id);
  // The first update compiles and allocates.
  trainer.update();
  const before = trainer.stepsDone;
  const start = performance.now();
  while (trainer.stepsDone < before + steps) trainer.update();
  const seconds = (performance.now() - start) / 1000;
  const speed = (trainer.stepsDone - before) / seconds;
  trainer.dispose();
  return speed;
}

/** Time of a greedy decision of the agent's standard network, microseconds. */
function decisionTime(id: string): number {
  const trainer = newTrainer("ppo", id);
  const policy = trainer.policy();
  trainer.dispose();
  const env = registry.make(id);
  const { observation } = env.reset({ seed: 0 });
  const decisions = 20_000;
  let best = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const start = performance.now();
    for (let i = 0; i < decisions; i++) policy.act(observation, env.rows, null);
    best = Math.min(best, (1000 * (performance.now() - start)) / decisions);
  }
  env.close();
  return best;
}

function newTrainer(agent: string, env: string): Trainer {
  return createTrainer(agent, {
    env,
    seed: 1,
    totalSteps: 1_000_000_000,
    vectorEnv: (count) => new VectorEnv(Array.from({ length: count }, () => registry.make(env, { splits: ["train"] }))),
  });
}
