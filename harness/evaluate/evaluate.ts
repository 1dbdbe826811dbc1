import { mean } from "d3-array";
import { registry } from "../../envs/index.ts";
import type { AnyEnv, EnvSpec, Split } from "../../gym/env.ts";
import { type EvaluationRecord, measured } from "../compare/evaluation_record.ts";
import { playEpisode } from "../play/episode.ts";
import { makeForPlay } from "../play/make_env.ts";
import { heuristicPolicy, type Policy, randomPolicy, referencePolicy } from "../play/policy.ts";
import { findProblem } from "../problems/index.ts";
import type { Problem } from "../problems/problem.ts";
import type { Settings } from "../run/settings.ts";
import { type Episode, type EpisodeChoice, episodesOf } from "./episodes.ts";
import { defaultPolicy, type Limits, scoreOf, type Yardstick, yardstickOf } from "./score.ts";

/** Option of environments with a kernel: the time that each decision is charged, us. */
const CHARGE = "decision_us";

/**
 * Plays policies on the same episodes of one split, so that their results are paired. Computes the bound and the cost
 * of the default once per episode.
 */
export class Evaluator {
  readonly spec: EnvSpec;
  readonly split: Split;
  readonly episodes: readonly Episode[];
  readonly problem: Problem | null;
  readonly #env: AnyEnv;
  readonly #options: Settings;
  /** The most that the environment can charge for a decision, us; null where agents are not charged. */
  readonly #mostCharged: number | null;
  readonly #yardsticks = new Map<string, Yardstick>();
  readonly #default: Policy | null;
  /** Mean limits over all episodes; null until they are computed. */
  #pool: Limits | null = null;

  /** @throws UnknownNameError for an unknown environment; UsageError when a seed lies outside the split's range */
  constructor(envName: string, split: Split, choice: EpisodeChoice) {
    this.spec = registry.spec(envName);
    this.split = split;
    this.episodes = episodesOf(this.spec, split, choice);
    this.#options = choice.options ?? {};
    const charge = choice.charge ? this.spec.options.find(({ name }) => name === CHARGE) : undefined;
    this.#mostCharged = charge === undefined ? null : charge.max!;
    this.problem = findProblem(this.spec.id);
    this.#env = makeForPlay(this.spec.id, [split]);
    this.#default = this.problem && defaultPolicy(this.problem);
  }

  /**
   * The policies to compare with: all heuristics and the reference, or the random policy where there are no heuristics.
   */
  rivals(): Policy[] {
    const { problem } = this;
    if (problem === null) return [randomPolicy];
    return [...problem.heuristics.map((entry) => heuristicPolicy(problem, entry)), referencePolicy(problem)];
  }

  /** Takes bounds and costs of the default from records of the same episodes instead of computing them again. */
  adopt(
    records: readonly Pick<EvaluationRecord, "workload" | "seed" | "bound" | "default_cost" | "condition">[],
  ): void {
    for (const { bound, default_cost, condition, ...episode } of records) {
      if (bound === null || default_cost === null) continue;
      this.#yardsticks.set(keyOf(episode), { bound, defaultCost: default_cost, condition });
    }
    this.#pool = null;
  }

  /** Plays every episode and returns one record for each. */
  evaluate(policy: Policy, trainingSeed: number | null = null): EvaluationRecord[] {
    return [...this.play(policy, trainingSeed)];
  }

  /** Like `evaluate`, but yields after each episode, for callers that show progress or stop early. */
  *play(policy: Policy, trainingSeed: number | null = null): Generator<EvaluationRecord> {
    for (const episode of this.episodes) yield this.#play(policy, episode, trainingSeed);
  }

  /** Plays one of `episodes`. */
  playOne(policy: Policy, episode: Episode): EvaluationRecord {
    return this.#play(policy, episode, null);
  }

  /** The records of the certified bound, one for each episode; none for environments without a kernel. */
  boundRecords(): EvaluationRecord[] {
    const { problem } = this;
    if (problem === null) return [];
    return this.episodes.map((episode) => {
      const yardstick = this.#yardstick(episode)!;
      const { bound, defaultCost, condition } = yardstick;
      return {
        ...this.#recordHead({ name: "bound", role: "bound", sees: null }, null, episode),
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

  #recordHead({ name, role, sees }: Omit<Policy, "begin">, trainingSeed: number | null, episode: Episode) {
    return { policy: name, role, sees, training_seed: trainingSeed, split: this.split, ...episode };
  }

  #play(policy: Policy, episode: Episode, trainingSeed: number | null): EvaluationRecord {
    const yardstick = this.#yardstick(episode);
    const result = playEpisode(this.#env, policy, episode.seed, this.#resetOptions(episode));
    return {
      ...this.#recordHead(policy, trainingSeed, episode),
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
        bound: mean(all, ({ bound }) => bound)!,
        defaultCost: mean(all, ({ defaultCost }) => defaultCost)!,
      };
    }
    return this.#pool;
  }
}

function keyOf({ workload, seed }: Pick<Episode, "workload" | "seed">): string {
  return `${workload}/${seed}`;
}
