import { group, mean } from "d3-array";
import { registry } from "../../envs/index.ts";
import type { Split } from "../../gym/env.ts";
import { evaluationRecordsOf } from "../benchmark/evaluation_records.ts";
import { KEPT, type ResultRecord, settingOf, TRAINING_SECONDS } from "../benchmark/results.ts";
import { type BestPolicy, bestPolicy, type ValidationScores } from "../compare/best_policy.ts";
import { compare, type DifferenceSummary } from "../compare/compare.ts";
import type { EvaluationRecord } from "../compare/evaluation_record.ts";
import { type Reliability, reliabilityOf } from "../compare/reliability.ts";
import type { Interval } from "../compare/statistics.ts";
import { type PolicySummary, type SummaryTable, summarise } from "../compare/summary.ts";
import { comparisonRules, familiesOf, findProblem } from "../problems/index.ts";

/** The four kinds of policies that an agent is held to, in the order of tables. */
export const RIVAL_KINDS = ["default", "static", "published", "hand-rule"] as const;

/** What a comparison says: `ahead` or `behind` when the interval of the difference excludes 0, `level` when it does not. */
export type Verdict = "ahead" | "level" | "behind" | "unknown";

/** The best policy of one kind, beside the agent. Those of the four kinds are told no more than the agent. */
export interface Rival {
  /** `informed`: a heuristic that is told more than the agent, where that is better than any that is not. */
  kind: (typeof RIVAL_KINDS)[number] | "informed";
  summary: PolicySummary;
  verdict: Verdict;
  /** The agent, charged the time that its decisions took, minus this policy; null where that was not played. */
  charged: DifferenceSummary | null;
  /** Where it is the best of its kind; `test` where one of them has no validation score. */
  chosenOn: Split;
  /** What it does, in the words of its own file; empty where that is not known. */
  description: string;
}

/** How one agent did in one environment. */
export interface AgentComparison {
  agent: string;
  seeds: number[];
  steps: number;
  /** Mean over training seeds of what the policies that were kept had on the validation split. */
  validation: number;
  /** Mean time of a training's updates, s. */
  trainingSeconds: number;
  /** Test episodes of each workload. */
  episodes: number;
  /** Beside all heuristics, the reference and the bound. */
  table: SummaryTable;
  summary: PolicySummary;
  reliability: Reliability;
  /** The best of each kind on the validation split, as the agent is. */
  rivals: Rival[];
}

/** How everybody did in one environment. */
export interface Comparison {
  /** Registry id. */
  env: string;
  alias: string;
  description: string;
  /** Whether its scores are pooled, see `Problem.pooled`. */
  pooled: boolean;
  /** The best on the validation split first. */
  agents: AgentComparison[];
  /** All test episodes. */
  records: readonly EvaluationRecord[];
  /** The results it was made of. */
  results: readonly ResultRecord[];
}

/**
 * How everybody did, environment after environment, from the records of a `results.csv`.
 *
 * @param brief whether only the best of each role are compared, by the score alone: as much as a short table needs, in a fraction of the
 *   time
 */
export function comparisonsOf(results: readonly ResultRecord[], brief = false): Comparison[] {
  return [...group(results, ({ env }) => env)].map(([env, own]) => {
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
    return { env, alias, description, pooled, agents, records, results: own };
  });
}

/** Records of agents, and of the best policy of every other role among those that are told the same, as if there were one kind of machine. */
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

/** What everybody but agents has on the validation split, without the roles in which somebody lacks it: all of one are chosen alike. */
function validationScores(results: readonly ResultRecord[]): ValidationScores {
  const others = results.filter(({ role, step }) => role !== "agent" && step === null);
  const scores = others.filter(({ split, metric }) => split === "validation" && metric === "score");
  const known = new Set(scores.map(({ policy }) => policy));
  const lacking = new Set(others.flatMap(({ policy, role }) => (known.has(policy) ? [] : [role])));
  return new Map(scores.flatMap(({ policy, role, value }) => (lacking.has(role) ? [] : [[policy, value]])));
}

/** Mean of a metric over training seeds. */
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

/** @param records of one agent, whose score is taken with its time charged, and of others */
function chargedDifference(records: readonly EvaluationRecord[], rival: string): DifferenceSummary | null {
  const learner = records.filter(({ role }) => role === "agent");
  if (learner.every(({ charged_score }) => charged_score === null)) return null;
  const others = records.filter(({ policy }) => policy === rival);
  return compare(
    learner,
    others,
    (record) => (record.role === "agent" ? record.charged_score : record.score),
    true,
    "more",
  );
}

/** @param sees what the agent is told */
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

/** @param interval of the agent minus another */
export function verdictOf(interval: Interval | null): Verdict {
  if (interval === null) return "unknown";
  if (interval.low > 0) return "ahead";
  return interval.high < 0 ? "behind" : "level";
}

/** A group of policies, one an environment, over all environments together. */
export interface Overall {
  name: string;
  /** Policies by alias of the environment. */
  policies: Record<string, string>;
  mean: number;
  reliability: Reliability;
}

/**
 * The best agents, the rivals of each kind and the reference over all environments together, each environment weighing the same by
 * its mean, each workload by itself in the rest.
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
