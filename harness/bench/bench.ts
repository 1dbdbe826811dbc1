import { selectBackend } from "../../agents/backend.ts";
import { agents, createTrainer, findAgent } from "../../agents/index.ts";
import type { Trainer } from "../../agents/trainer.ts";
import { registry } from "../../envs/index.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { playEpisode } from "../play/episode.ts";
import { makeForPlay } from "../play/make_env.ts";
import { heuristicPolicy } from "../play/policy.ts";
import { environments, findProblem, problems } from "../problems/index.ts";
import { hyperparameterPreset, trainingDefaults } from "../problems/training_defaults.ts";
import { type BenchResult, collectResults } from "./bench_result.ts";
import { ladderOverhead } from "./ladder_overhead.ts";

/** Repetitions of one measurement. The best one counts, because other work on the machine can only slow it down. */
const REPETITIONS = 5;

/** Least number of timed training steps; environments with a kernel are slower. */
const TRAINING_STEPS = { kernel: 8000, other: 100_000 };

/**
 * Measures the throughput of environments, agents, policies and heuristics, one after another in this process. Takes
 * about two minutes.
 *
 * @param onResult called with each number as soon as it is known
 */
export async function bench(onResult: (result: BenchResult) => void = () => {}): Promise<BenchResult[]> {
  const { results, report } = collectResults(onResult);
  const backend = (await selectBackend("wasm")).name;
  const measured = environments.flatMap(({ id, bench }) => (bench === undefined ? [] : [{ id, bench }]));
  for (const { bench } of measured) (await bench.load()).measure(report, REPETITIONS);
  for (const problem of problems) {
    const { alias } = registry.spec(problem.id);
    report(`${alias}/ladder_overhead_of_an_operation`, ladderOverhead(problem, REPETITIONS), "us");
  }
  for (const { name, needsBackend } of agents) {
    const suffix = needsBackend ? `_${backend}` : "";
    for (const { id } of measured) {
      if (!isMeasured(name, id)) continue;
      report(`${registry.spec(id).alias}/${name}_train_steps${suffix}`, trainingSpeed(name, id), "steps/s");
    }
  }
  const deciding = measured.filter(({ bench }) => bench.decisions);
  for (const { id } of deciding) report(`${registry.spec(id).alias}/policy_decision`, decisionTime(id), "us");
  for (const problem of deciding.flatMap(({ id }) => findProblem(id) ?? [])) {
    const env = registry.make(problem.id, { splits: ["train"], wrap: false });
    for (const entry of problem.heuristics) {
      const policy = heuristicPolicy(problem, entry);
      const times = Array.from({ length: 3 }, (_, seed) => playEpisode(env, policy, seed).decisionMicroseconds);
      report(`${env.spec.alias}/${entry.name}_decision`, Math.min(...times), "us");
    }
  }
  return results;
}

/**
 * Whether to time an agent's training in an environment. Without a kernel: all agents that fit. With a kernel: the
 * environment's own agent and PPO. A single update of evolution strategies plays hundreds of whole episodes, which
 * takes minutes in some environments.
 */
function isMeasured(agent: string, id: string): boolean {
  if (findProblem(id) !== null) return agent === trainingDefaults(id).agent || agent === "ppo";
  const env = registry.make(id);
  const reason = findAgent(agent).refusal(env);
  env.close();
  return reason === null;
}

/** Environment steps per second of training: acting, environments and learning. */
function trainingSpeed(agent: string, id: string): number {
  const steps = findProblem(id) === null ? TRAINING_STEPS.other : TRAINING_STEPS.kernel;
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

/** Time of a greedy decision with the agent's standard network, microseconds. */
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
    overrides: hyperparameterPreset(env, agent),
    seed: 1,
    totalSteps: 1_000_000_000,
    vectorEnv: (count) => new VectorEnv(Array.from({ length: count }, () => makeForPlay(env, ["train"]))),
  });
}
