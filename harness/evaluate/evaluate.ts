import { registry } from "../../envs/index.ts";
import type { KernelEnv } from "../../envs/kernel_env.ts";
import type { AnyEnv, EnvSpec, Split } from "../../gym/env.ts";
import { SEED_RANGES } from "../../gym/seeds.ts";
import { type EvaluationRecord, measured } from "../compare/evaluation_record.ts";
import type { Families } from "../compare/families.ts";
import { mean } from "../compare/statistics.ts";
import { playEpisode } from "../play/episode.ts";
import { heuristicPolicy, type Policy, randomPolicy, referencePolicy } from "../play/policy.ts";
import { type Measure, type Problem, problems } from "../problems/problem.ts";
import type { Settings } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";

/** Where and with what an episode is played. */
export interface Episode {
  workload: string | null;
  seed: number;
  episode: number;
}

/** Which episodes to play. */
export interface EpisodeChoice {
  /** Episodes of each workload. */
  episodes: number;
  /** Seed of the first one; the first of the split's range by default. */
  firstSeed?: number;
  /** Settings of the environment in all of them. */
  options?: Settings;
  /** Whether agents play every episode again, charged the time their decisions took. Default false. */
  charge?: boolean;
}

/** Option of environments with a kernel by which deciding is charged, us. */
const CHARGE = "decision_us";

/**
 * The episodes of a split: workload after workload, each episode with a seed of its own, so that the machines and loads
 * that are drawn from seeds are as many as the episodes.
 *
 * @throws UsageError when a seed is outside the split's range
 */
export function episodesOf(spec: EnvSpec, split: Split, { episodes, firstSeed }: EpisodeChoice): Episode[] {
  const names = spec.workloads.filter((workload) => workload.split === split).map(({ name }) => name);
  const workloads = names.length > 0 ? names : [null];
  const [first, end] = SEED_RANGES[split];
  const start = firstSeed ?? first;
  const count = episodes * workloads.length;
  if (start < first || start + count > end) {
    throw new UsageError(
      `seeds of the split ${split} are ${first} to ${end - 1}; ${count} episodes from ${start} on are not among them`,
    );
  }
  return Array.from({ length: count }, (_, i) => ({
    workload: workloads[Math.floor(i / episodes)],
    seed: start + i,
    episode: i % episodes,
  }));
}

/** The problem of an environment, or null when it has no kernel and no heuristics. */
export function findProblem(envId: string): Problem | null {
  return problems.find(({ id }) => id === envId) ?? null;
}

/** The metrics that are compared beside an environment's score. */
export function measuresOf(envName: string): readonly Measure[] {
  return findProblem(registry.spec(envName).id)?.measures ?? [];
}

/** The families of an environment's workloads; null where they are not compared. */
export function familiesOf(envName: string): Families | null {
  const { id, workloads } = registry.spec(envName);
  const seenByAll = findProblem(id)?.seenByAll;
  if (seenByAll === undefined) return null;
  return { of: new Map(workloads.map(({ name, family }) => [name, family])), seenByAll };
}

/** What an environment says on how policies are compared, as `summarise` takes it. */
export function comparisonRules(envName: string): {
  measures: readonly Measure[];
  families: Families | null;
  pooled: boolean;
} {
  const pooled = findProblem(registry.spec(envName).id)?.pooled === true;
  return { measures: measuresOf(envName), families: familiesOf(envName), pooled };
}

/** What costs are measured against. */
export interface Limits {
  bound: number;
  defaultCost: number;
}

/** What costs in an episode are measured against, and on which kind of machine. */
export interface Yardstick extends Limits {
  condition: string | null;
}

/** The policy whose costs are 0 in scores; null where a problem has no default. */
export function defaultPolicy(problem: Problem): Policy | null {
  const entry = problem.heuristics.find(({ role }) => role === "default");
  return entry === undefined ? null : heuristicPolicy(problem, entry);
}

/**
 * Plays the default and computes the bound.
 *
 * @param env that of the problem
 * @param options of `env.reset`
 */
export function yardstickOf(
  env: AnyEnv,
  problem: Problem,
  shipped: Policy,
  seed: number,
  options: Record<string, unknown>,
): Yardstick {
  const { cost } = playEpisode(env, shipped, seed, options);
  env.reset({ seed, options });
  const { kernel, condition } = env as unknown as KernelEnv;
  return { bound: problem.bound(kernel), defaultCost: cost!, condition };
}

/**
 * Plays policies on the same episodes of one split, so that their results are paired. The bound and the default are
 * computed once an episode.
 */
export class Evaluator {
  readonly spec: EnvSpec;
  readonly split: Split;
  readonly episodes: readonly Episode[];
  readonly problem: Problem | null;
  readonly #env: AnyEnv;
  readonly #options: Settings;
  /** Most that an environment can charge for a decision, us; null where agents are not to be charged. */
  readonly #mostCharged: number | null;
  readonly #yardsticks = new Map<string, Yardstick>();
  readonly #default: Policy | null;
  /** Mean yardstick of all episodes; null where it is not known yet. */
  #pool: Limits | null = null;

  /** @throws UnknownNameError for an unknown environment; UsageError when a seed is outside the split's range */
  constructor(envName: string, split: Split, choice: EpisodeChoice) {
    this.spec = registry.spec(envName);
    this.split = split;
    this.episodes = episodesOf(this.spec, split, choice);
    this.#options = choice.options ?? {};
    const charge = choice.charge ? this.spec.options.find(({ name }) => name === CHARGE) : undefined;
    this.#mostCharged = charge === undefined ? null : charge.max!;
    this.problem = findProblem(this.spec.id);
    this.#env = registry.make(this.spec.id, { splits: [split], wrap: this.problem === null });
    this.#default = this.problem && defaultPolicy(this.problem);
  }

  /** Everybody that a policy is compared with: all heuristics and the reference, or a random policy where there are none. */
  rivals(): Policy[] {
    const { problem } = this;
    if (problem === null) return [randomPolicy];
    return [...problem.heuristics.map((entry) => heuristicPolicy(problem, entry)), referencePolicy(problem)];
  }

  /** Takes the bounds and costs of the default from rows of the same episodes instead of computing them again. */
  adopt(rows: readonly Pick<EvaluationRecord, "workload" | "seed" | "bound" | "default_cost" | "condition">[]): void {
    for (const { bound, default_cost, condition, ...episode } of rows) {
      if (bound === null || default_cost === null) continue;
      this.#yardsticks.set(keyOf(episode), { bound, defaultCost: default_cost, condition });
    }
    this.#pool = null;
  }

  /** Plays every episode. */
  evaluate(policy: Policy, trainingSeed: number | null = null): EvaluationRecord[] {
    return [...this.play(policy, trainingSeed)];
  }

  /** The same, episode by episode, for callers that want to show progress or stop in between. */
  *play(policy: Policy, trainingSeed: number | null = null): Generator<EvaluationRecord> {
    for (const episode of this.episodes) yield this.#play(policy, episode, trainingSeed);
  }

  /** The rows of the certified bound; none for environments without a problem. */
  boundRecords(): EvaluationRecord[] {
    const { problem } = this;
    if (problem === null) return [];
    return this.episodes.map((episode) => {
      const yardstick = this.#yardstick(episode)!;
      const { bound, defaultCost, condition } = yardstick;
      return {
        ...this.#rowHead({ name: "bound", role: "bound", sees: null }, null, episode),
        return: null,
        cost: bound,
        score: this.#score(bound, yardstick),
        bound,
        default_cost: defaultCost,
        steps: null,
        decision_us: null,
        condition,
        policy_bytes: null,
        charged_score: null,
        measures: measured(problem, {}),
      };
    });
  }

  #rowHead({ name, role, sees }: Omit<Policy, "begin">, trainingSeed: number | null, episode: Episode) {
    return { policy: name, role, sees, training_seed: trainingSeed, split: this.split, ...episode };
  }

  #play(policy: Policy, episode: Episode, trainingSeed: number | null): EvaluationRecord {
    const yardstick = this.#yardstick(episode);
    const result = playEpisode(this.#env, policy, episode.seed, this.#resetOptions(episode));
    return {
      ...this.#rowHead(policy, trainingSeed, episode),
      return: result.return,
      cost: result.cost,
      score: yardstick && this.#score(result.cost!, yardstick),
      bound: yardstick?.bound ?? null,
      default_cost: yardstick?.defaultCost ?? null,
      steps: result.steps,
      decision_us: Math.round(1000 * result.decisionMicroseconds) / 1000,
      condition: yardstick?.condition ?? null,
      policy_bytes: policy.bytes ?? null,
      charged_score: yardstick && this.#charged(policy, episode, yardstick, result.decisionMicroseconds),
      measures: this.problem === null ? {} : measured(this.problem, result.metrics),
    };
  }

  #charged(policy: Policy, episode: Episode, yardstick: Yardstick, microseconds: number): number | null {
    if (policy.role !== "agent" || this.#mostCharged === null) return null;
    const options = { ...this.#resetOptions(episode), [CHARGE]: Math.min(microseconds, this.#mostCharged) };
    return this.#score(playEpisode(this.#env, policy, episode.seed, options).cost!, yardstick);
  }

  #yardstick(episode: Episode): Yardstick | null {
    if (this.problem === null || this.#default === null) return null;
    let yardstick = this.#yardsticks.get(keyOf(episode));
    if (yardstick === undefined) {
      const options = this.#resetOptions(episode);
      yardstick = yardstickOf(this.#env, this.problem, this.#default, episode.seed, options);
      this.#yardsticks.set(keyOf(episode), yardstick);
    }
    return yardstick;
  }

  #resetOptions({ workload }: Episode): Record<string, unknown> {
    return { ...this.#options, ...(workload !== null && { workload }) };
  }

  #score(cost: number, yardstick: Yardstick): number | null {
    return this.problem?.pooled ? scoreOf(cost, yardstick, this.#pooled()) : scoreOf(cost, yardstick);
  }

  #pooled(): Limits {
    if (this.#pool === null) {
      const all = this.episodes.map((episode) => this.#yardstick(episode)!);
      this.#pool = {
        bound: mean(all.map(({ bound }) => bound)),
        defaultCost: mean(all.map(({ defaultCost }) => defaultCost)),
      };
    }
    return this.#pool;
  }
}

/**
 * The score of a cost; null where the default already costs no more than the bound, so that there is nothing to gain.
 *
 * @param limits of the episode
 * @param pool between which there is the room that counts as 1; by default the episode's own limits
 */
export function scoreOf(cost: number, limits: Limits, pool: Limits = limits): number | null {
  const room = pool.defaultCost - pool.bound;
  return room > 1e-9 * Math.abs(pool.defaultCost) ? (limits.defaultCost - cost) / room : null;
}

function keyOf({ workload, seed }: Pick<Episode, "workload" | "seed">): string {
  return `${workload}/${seed}`;
}
