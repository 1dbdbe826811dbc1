import { group, mean } from "d3-array";
import { registry } from "../../envs/index.ts";
import type { Split } from "../../gym/env.ts";
import { evaluationRecordsOf } from "../benchmark/episode_records.ts";
import { KEPT, type ResultRecord, settingOf, TRAINING_SECONDS } from "../benchmark/results.ts";
import { type BestPolicy, bestPolicy, type ValidationScores } from "../compare/best_policy.ts";
import { compare, type DifferenceSummary } from "../compare/compare.ts";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import { type Reliability, reliabilityOf } from "../compare/reliability.ts";
import type { Interval } from "../compare/statistics.ts";
import { type PolicySummary, type SummaryTable, summarise } from "../compare/summary.ts";
import { comparisonRules, familiesOf, findProblem } from "../problems/index.ts";
import { timesOfOneMachine } from "./times.ts";

/** The four kinds of policies that an agent must beat, in the order of tables. */
export const RIVAL_KINDS = ["default", "static", "published", "hand-rule"] as const;

/**
 * Result of a comparison: `ahead` or `behind` if the interval of the difference excludes 0, `level` if not, `unknown`
 * without one.
 */
export type Verdict = "ahead" | "level" | "behind" | "unknown";

/**
 * The best policy of one kind, compared with the agent. Policies of the four kinds get no more information than the
 * agent.
 */
export interface Rival {
  /** `informed`: a heuristic that gets more information than the agent, if it beats all that get no more. */
  kind: (typeof RIVAL_KINDS)[number] | "informed";
  summary: PolicySummary;
  verdict: Verdict;
  /** The agent, charged the time that its decisions took, minus this policy; null if that was not played. */
  charged: DifferenceSummary | null;
  /** The split on which it is the best of its kind; `test` if a policy of the kind has no validation score. */
  chosenOn: Split;
  /** Its description, from its own file; empty if it has none. */
  description: string;
}

/** Results of one agent in one environment. */
export interface AgentComparison {
  agent: string;
  seeds: number[];
  steps: number;
  /** Validation score of the kept policies, averaged over training seeds. */
  validation: number;
  /** Time of a training's updates, averaged over training seeds, s. */
  trainingSeconds: number;
  /** Number of test episodes of each workload. */
  episodes: number;
  /** The agent beside all heuristics, the reference and the bound. */
  table: SummaryTable;
  summary: PolicySummary;
  reliability: Reliability;
  /** The best of each kind. The validation split chooses them, as it chooses the agent. */
  rivals: Rival[];
}

/** Results of all policies in one environment. */
export interface Comparison {
  /** Registry id. */
  env: string;
  alias: string;
  description: string;
  /** Whether scores are pooled, see `Problem.pooled`. */
  pooled: boolean;
  /** The best on the validation split first. */
  agents: AgentComparison[];
  /** All test episodes. */
  records: readonly EvaluationRecord[];
  /** The records of `results.csv` that it is made of. Times of a policy are of one machine. */
  results: readonly ResultRecord[];
  /** Which machine the times are of; null if one machine measured all of them. */
  times: string | null;
}

/**
 * Compares all policies of each environment, from the records of a `results.csv`.
 *
 * @param brief whether to compare only the best policy of each role, by the score alone. A short table needs no more,
 *   and it takes a fraction of the time
 */
export function comparisonsOf(results: readonly ResultRecord[], brief = false): Comparison[] {
  return [...group(results, ({ env }) => env)].map(([env, all]) => {
    const { results: own, note } = timesOfOneMachine(all);
    const { alias, description } = registry.spec(env);
    const { pooled } = comparisonRules(env);
    const validation = validationScores(own);
    const records = brief ? bestOfRoles(evaluationRecordsOf(own), validation) : evaluationRecordsOf(own);
    const names = [...new Set(records.flatMap(({ role, policy }) => (role === "agent" ? [policy] : [])))];
    names.sort((a, b) => averageOf(own, b, KEPT) - averageOf(own, a, KEPT));
    const agents = (brief ? names.slice(0, 1) : names).map((name) => {
      const compared = records.filter(({ role, policy }) => role !== "agent" || policy === name);
      const table = brief
        ? summarise(compared, { pooled, validation, overSeeds: true })
        : summarise(compared, { ...comparisonRules(env), validation, overSeeds: true });
      return agentComparison(env, name, own, compared, table, validation);
    });
    return { env, alias, description, pooled, agents, records, results: own, times: note };
  });
}

/**
 * Records of agents, and of the best policy of each other role and information. All count as played on one kind of
 * machine.
 */
function bestOfRoles(records: readonly EvaluationRecord[], validation: ValidationScores): EvaluationRecord[] {
  const kept = [...group(records, ({ role, sees }) => `${role}/${sees}`).values()].flatMap((own) => {
    if (own[0].role === "agent") return own;
    const policies = [...group(own, ({ policy }) => policy)].map(([policy, of]) => {
      return { policy, of, mean: mean(of, (record) => record.score) ?? Number.NEGATIVE_INFINITY };
    });
    return bestPolicy(policies, validation)!.best.of;
  });
  return kept.map((record) => ({ ...record, condition: null }));
}

/**
 * Validation scores of all policies but agents. A role is left out if one of its policies has no such score: the
 * policies of a role must be chosen by the same split.
 */
function validationScores(results: readonly ResultRecord[]): ValidationScores {
  const others = results.filter(({ role, step }) => role !== "agent" && step === null);
  const scores = others.filter(({ split, metric }) => split === "validation" && metric === "score");
  const known = new Set(scores.map(({ policy }) => policy));
  const lacking = new Set(others.flatMap(({ policy, role }) => (known.has(policy) ? [] : [role])));
  return new Map(scores.flatMap(({ policy, role, value }) => (lacking.has(role) ? [] : [[policy, value]])));
}

/** Mean of a metric over training seeds; NaN if there is none. */
function averageOf(results: readonly ResultRecord[], agent: string, wanted: string): number {
  const value = ({ policy, metric, value }: ResultRecord) => (policy === agent && metric === wanted ? value : null);
  return mean(results, value) ?? Number.NaN;
}

function agentComparison(
  env: string,
  agent: string,
  results: readonly ResultRecord[],
  records: readonly EvaluationRecord[],
  table: SummaryTable,
  scores: ValidationScores,
): AgentComparison {
  const own = results.filter(({ policy }) => policy === agent);
  const summary = table.policies.find(({ policy }) => policy === agent)!;
  const tested = own.find(({ split }) => split === "test")!;
  return {
    agent,
    seeds: [...new Set(own.map(({ training_seed }) => training_seed!))],
    steps: Number(settingOf(tested, "steps")),
    validation: averageOf(results, agent, KEPT),
    trainingSeconds: averageOf(results, agent, TRAINING_SECONDS),
    episodes: Number(settingOf(tested, "episodes")),
    table,
    summary,
    reliability: reliabilityOf({ records: records.filter(({ policy }) => policy === agent), pooled: table.pooled }),
    rivals: rivalsOf(env, table, summary.sees, scores).map((rival) => ({
      ...rival,
      charged: chargedDifference(records, rival.summary.policy),
    })),
  };
}

/** The agent, with its time charged, minus a rival. @param records of one agent and of others */
function chargedDifference(records: readonly EvaluationRecord[], rival: string): DifferenceSummary | null {
  const seeds = [...group(records, ({ role, training_seed }) => (role === "agent" ? training_seed : null))];
  // Seeds whose time another machine measured have no such score.
  const learner = seeds.flatMap(([seed, own]) =>
    seed !== null && own.some(({ charged_score }) => charged_score !== null) ? own : [],
  );
  if (learner.length === 0) return null;
  const others = records.filter(({ policy }) => policy === rival);
  return compare(
    learner,
    others,
    (record) => (record.role === "agent" ? record.charged_score : record.score),
    true,
    "more",
  );
}

/** The best policy of each kind. @param sees information that the agent gets */
function rivalsOf(
  env: string,
  { policies }: SummaryTable,
  sees: string | null,
  validation: ValidationScores,
): Omit<Rival, "charged">[] {
  const entries = findProblem(env)?.heuristics ?? [];
  const rivalOf = (kind: Rival["kind"], { best, chosenOn }: BestPolicy<PolicySummary>): Omit<Rival, "charged"> => ({
    kind,
    summary: best,
    verdict: verdictOf(best.difference?.interval ?? null),
    chosenOn,
    description: entries.find(({ name }) => name === best.policy)?.description ?? "",
  });
  const told = new Set([...(familiesOf(env)?.seenByAll ?? []), ...(sees?.split("+") ?? [])]);
  const alike = policies.filter((policy) => policy.sees === null || told.has(policy.sees));
  const bestOf = (some: readonly PolicySummary[]) => bestPolicy(some, validation);
  const rivals = RIVAL_KINDS.flatMap((kind) => {
    const best = bestOf(alike.filter(({ role }) => role === kind));
    return best === null ? [] : [rivalOf(kind, best)];
  });
  const all = bestOf(policies.filter(({ role }) => RIVAL_KINDS.some((kind) => kind === role)));
  return all === null || alike.includes(all.best) ? rivals : [...rivals, rivalOf("informed", all)];
}

/** @param interval of the agent minus another policy */
export function verdictOf(interval: Interval | null): Verdict {
  if (interval === null) return "unknown";
  if (interval.low > 0) return "ahead";
  return interval.high < 0 ? "behind" : "level";
}

/** A group of policies, one for each environment, over all environments together. */
export interface Overall {
  name: string;
  /** Names of the policies by alias of the environment. */
  policies: Record<string, string>;
  mean: number;
  reliability: Reliability;
}

/**
 * The best agents, the rivals of each kind and the reference over all environments together. The mean gives every
 * environment the same weight; the other figures give every workload the same weight.
 */
export function overallOf(comparisons: readonly Comparison[]): Overall[] {
  const kinds = ["agent", ...RIVAL_KINDS, "reference"] as const;
  return kinds.flatMap((kind) => {
    const members = comparisons.flatMap(({ alias, agents, records, pooled }) => {
      const [best] = agents;
      const summary =
        kind === "agent"
          ? best?.summary
          : kind === "reference"
            ? best?.table.policies.find(({ role }) => role === kind)
            : best?.rivals.find((rival) => rival.kind === kind)?.summary;
      if (summary === undefined) return [];
      return [{ alias, summary, pooled, records: records.filter(({ policy }) => policy === summary.policy) }];
    });
    if (members.length < comparisons.length || members.length === 0) return [];
    return [
      {
        name: kind === "agent" ? "best agent" : kind,
        policies: Object.fromEntries(members.map(({ alias, summary }) => [alias, summary.policy])),
        mean: mean(members, ({ summary }) => summary.mean)!,
        reliability: reliabilityOf(...members),
      },
    ];
  });
}
