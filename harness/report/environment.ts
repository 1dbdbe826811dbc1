import { group } from "d3-array";
import { profileOf, reliabilityOf } from "../compare/reliability.ts";
import type { PolicySummary } from "../compare/summary.ts";
import { workloadsWithoutRoom } from "../compare/workload_scores.ts";
import {
  type Curve,
  type CurveSeries,
  curveLines,
  curveSvg,
  learningCurve,
  SCORE_FLOOR,
} from "../pictures/learning_curve.ts";
import { fileSlug } from "../run/file_slug.ts";
import type { AgentComparison, Comparison, Rival } from "./comparison.ts";
import { type DataTable, numberText, rangeCell, rangeText, type TableCell, type TableColumn } from "./data_table.ts";
import { familiesSvg } from "./families_picture.ts";
import { familyValues } from "./family_values.ts";
import { type Html, html, htmlLines, htmlTable } from "./html.ts";
import { profileSvg } from "./profile_picture.ts";

/** A picture of a report. It is a file of its own and a part of the page. */
export interface ReportPicture {
  /** Name of the file, without its ending. */
  name: string;
  svg: string;
  /** What it shows. */
  caption: string;
}

/** Levels of profiles. */
const LEVELS = Array.from({ length: 61 }, (_, i) => Math.round(-50 + 2.5 * i) / 100);

/** The pictures of one environment: learning curves, all policies by family of workloads, performance profiles. */
export async function environmentPictures(comparison: Comparison): Promise<ReportPicture[]> {
  const { env, alias, agents, records, pooled } = comparison;
  const [best] = agents;
  if (best === undefined) return [];
  const pictures: ReportPicture[] = [];
  for (const one of agents) {
    const caption = `${one.agent} on the validation split while training: the median of ${one.seeds.length} training seeds, the band from the lowest to the highest.`;
    pictures.push({
      name: `${fileSlug(alias)}-curve-${fileSlug(one.agent)}`,
      svg: await curveSvg(agentCurve(comparison, one)),
      caption,
    });
  }
  const names = [best.agent, ...best.rivals.map(({ summary }) => summary.policy), "reference"];
  pictures.push({
    name: `${fileSlug(alias)}-families`,
    svg: await familiesSvg({
      title: `${env}: the test split by family of workloads`,
      subtitle: `means over episodes${best.seeds.length > 2 ? `; ${best.agent} with 95 % over training seeds and episodes` : ""}`,
      axis: pooled ? "cost (0 = bound, less is better)" : "score (0 = default, 1 = bound)",
      agent: best.agent,
      bound: pooled ? 0 : 1,
      floor: pooled ? null : SCORE_FLOOR,
      values: familyValues(env, records, names, pooled),
    }),
    caption: "Each mark is a policy on workloads of one family; the dotted line is the bound that no policy beats.",
  });
  pictures.push({
    name: `${fileSlug(alias)}-profile`,
    svg: await profileSvg(
      `${env}: performance profiles`,
      `runs are training seeds times workloads of the test split${best.seeds.length > 2 ? "; the band is 95 % over seeds" : ""}`,
      names.map((name) => ({
        name,
        agent: name === best.agent,
        points: profileOf(
          name === best.agent
            ? best.reliability
            : reliabilityOf({ records: records.filter(({ policy }) => policy === name), pooled }),
          LEVELS,
        ),
      })),
    ),
    caption: "Share of runs with a score above each level: the further to the upper right, the better.",
  });
  return pictures;
}

/** The learning curve of one agent, from its evaluations while training. */
function agentCurve({ env, results }: Comparison, { agent, seeds }: AgentComparison): Curve {
  const validation = results.filter(({ split, metric }) => split === "validation" && metric === "score");
  const own = validation.filter(({ policy, step }) => policy === agent && step !== null);
  const series = [...group(own, ({ training_seed }) => training_seed)].map(
    ([seed, points]): CurveSeries => ({
      seed: seed!,
      points: points.map(({ step, value }) => ({ step: step!, value })),
    }),
  );
  return learningCurve({
    env,
    agent,
    subtitle: `validation split while training, median and range of ${seeds.length} seeds`,
    scored: true,
    series,
    lines: curveLines(validation.filter(({ step }) => step === null)),
  });
}

/** The section of one environment, without its pictures. */
export function environmentSection(comparison: Comparison): { lead: Html; details: Html } {
  const [best] = comparison.agents;
  if (best === undefined) return { lead: html`<p>No agent was trained.</p>`, details: html`` };
  return {
    lead: htmlLines([
      verdictHtml(best),
      html`<p class="facts">${agentFacts(best)}</p>`,
      htmlTable(rivalsTable(best)),
      choiceNote(best),
      htmlTable(agentsTable(comparison)),
      roomNote(comparison),
    ]),
    details: htmlLines(detailTables(comparison, best).map(htmlTable)),
  };
}

/** All tables of one environment, the shortest first; none if no agent was trained. */
export function environmentTables(comparison: Comparison): DataTable[] {
  const [best] = comparison.agents;
  if (best === undefined) return [];
  return [rivalsTable(best), agentsTable(comparison), ...detailTables(comparison, best)];
}

function detailTables(comparison: Comparison, best: AgentComparison): DataTable[] {
  return [policiesTable(comparison, best), ...conditionTables(best), ...familiesTable(best)];
}

/** The result in a sentence or two. */
function verdictHtml({ agent, summary, rivals, table }: AgentComparison): Html {
  const { interval } = summary;
  const range = interval === null ? "" : ` (95 %: ${rangeText(interval)})`;
  const parts = rivals.map(
    ({ summary: { policy }, kind, verdict }, i) =>
      html`${i === 0 ? "" : ", "}<span class="${verdict}">${verdictWord(verdict)}</span> the ${kindWord(kind)} <b>${policy}</b>`,
  );
  const worst =
    summary.worst_workload === null
      ? ""
      : ` Its worst workload is ${summary.worst_workload}: ${numberText(summary.worst_mean!)}.`;
  const gap =
    table.gap_closed === null
      ? ""
      : table.gap_closed.share > 0
        ? ` From ${table.gap_closed.best_rival}, the best of all rivals, to the reference, which knows the future, it went ${(100 * table.gap_closed.share).toFixed(0)} % of the way.`
        : ` It stays below ${table.gap_closed.best_rival}, the best of all rivals.`;
  return html`<p><b>${agent}</b> has a score of <b>${numberText(summary.mean)}</b>${range}: ${parts}.${worst}${gap}</p>${rules(rivals)}`;
}

/** Names the rules that do at least as well as the agent, with their descriptions. */
function rules(rivals: readonly Rival[]): Html | null {
  const enough = rivals.filter(
    ({ kind, verdict }) => kind !== "default" && kind !== "informed" && (verdict === "level" || verdict === "behind"),
  );
  if (enough.length === 0) return null;
  const list = enough.map(({ summary, description }) => html`<li><b>${summary.policy}</b>: ${description}</li>`);
  return html`<p>A rule suffices:</p><ul>${list}</ul>`;
}

/** How an agent was trained and chosen. */
export function agentFacts({ agent, seeds, steps, trainingSeconds, episodes, validation }: AgentComparison): string {
  return `${agent} was chosen by its validation score of ${numberText(validation)}: ${seeds.length} training seeds of ${steps.toLocaleString("en")} steps, ${numberText(trainingSeconds, 0)} s a training in the mean; ${episodes} test episodes of each workload.`;
}

/** Says how single workloads are scored if scores of episodes are pooled, and which workloads have no score. */
function roomNote({ pooled, records }: Comparison): Html {
  if (!pooled) return html``;
  const without = workloadsWithoutRoom(records);
  const left =
    without.length === 0 ? "" : ` Left out, because the default leaves next to no room in them: ${without.join(", ")}.`;
  return html`<p>The mean score is the share of the room of all workloads together; IQM, optimality gap, profiles and the worst workload take each workload's score with its own mean room.${left}</p>`;
}

const RIVAL_COLUMNS: readonly TableColumn[] = [
  { title: "rival" },
  { title: "policy" },
  { title: "score" },
  { title: "95 %" },
  { title: "worst" },
  { title: "us/decision", digits: 1 },
  { title: "agent minus it" },
  { title: "95 %" },
  { title: "P(better)", digits: 2, hint: "share of paired episodes in which the agent is better, ties half" },
  { title: "the agent is" },
  { title: "time charged", hint: "the agent, charged the time that its decisions took here, minus it" },
  { title: "95 %" },
];

function rivalsTable({ agent, rivals }: AgentComparison): DataTable {
  return {
    caption: `${agent} and the best policy of each kind, on the same test episodes`,
    columns: RIVAL_COLUMNS,
    rows: rivals.map(({ kind, summary, verdict, charged }) => [
      kindWord(kind),
      summary.policy,
      summary.mean,
      rangeCell(summary.interval),
      summary.worst_mean,
      summary.decision_us,
      summary.difference?.mean ?? null,
      rangeCell(summary.difference?.interval ?? null),
      summary.difference?.probability ?? null,
      verdict === "unknown" ? "" : verdict,
      charged?.mean ?? null,
      rangeCell(charged?.interval ?? null),
    ]),
  };
}

/** Names the rivals that the validation split could not choose. */
function choiceNote({ rivals }: AgentComparison): Html {
  const favoured = rivals.filter(({ chosenOn }) => chosenOn !== "validation").map(({ summary }) => summary.policy);
  if (favoured.length === 0) return html``;
  return html`<p>Chosen on these very episodes, which favours them, because validation scores are missing: ${favoured.join(", ")}.</p>`;
}

const AGENT_COLUMNS: readonly TableColumn[] = [
  { title: "agent" },
  { title: "seeds", digits: 0 },
  { title: "steps", digits: 0 },
  { title: "s/training", digits: 0 },
  { title: "validation" },
  { title: "score" },
  { title: "95 %", hint: "bootstrap over training seeds and, within workloads, episodes" },
  { title: "IQM", hint: "interquartile mean over training seeds and workloads" },
  { title: "95 %", hint: "bootstrap over training seeds" },
  { title: "optimality gap", hint: "how far scores fall short of the bound, in the mean; less is better" },
  { title: "95 %", hint: "bootstrap over training seeds" },
  { title: "worst workload" },
  { title: "us/decision", digits: 1 },
  { title: "bytes", digits: 0 },
  { title: "charged", hint: "score when every action costs the simulated kernel what deciding took here" },
];

function agentsTable({ agents }: Comparison): DataTable {
  return {
    caption: "Agents, the best on the validation split first",
    columns: AGENT_COLUMNS,
    rows: agents.map(({ summary, reliability, ...one }) => [
      one.agent,
      one.seeds.length,
      { text: one.steps.toLocaleString("en"), value: one.steps },
      one.trainingSeconds,
      one.validation,
      summary.mean,
      rangeCell(summary.interval),
      reliability.interquartileMean,
      rangeCell(reliability.interquartileInterval),
      reliability.optimalityGap,
      rangeCell(reliability.gapInterval),
      worstCell(summary),
      summary.decision_us,
      summary.policy_bytes,
      summary.charged,
    ]),
  };
}

function policyColumns({ table, agent }: AgentComparison, told: boolean): TableColumn[] {
  return [
    { title: "policy" },
    { title: "role" },
    ...(told ? [{ title: "sees" }] : []),
    { title: "score" },
    { title: "95 %" },
    { title: "worst workload" },
    { title: "cost" },
    { title: "us/decision", digits: 1 },
    { title: "bytes", digits: 0 },
    { title: "charged" },
    { title: `${agent} minus it` },
    { title: "95 %" },
    { title: "P(better)", digits: 2 },
    ...table.measures.map(({ metric, digits }) => ({ title: metric, digits })),
  ];
}

/** All policies, with the other agents. */
function policiesTable({ agents }: Comparison, best: AgentComparison): DataTable {
  const others = agents.slice(1).map(({ summary }) => summary);
  const shown = [...best.table.policies, ...others].sort((a, b) => b.mean - a.mean);
  return tableOf("All policies", shown, best);
}

function conditionTables(best: AgentComparison): DataTable[] {
  return best.table.conditions.map(({ condition, policies }) => tableOf(condition, policies, best));
}

/**
 * Costs by family of workloads, the family in which the agent loses most against the default first. None if they are
 * not compared.
 */
function familiesTable({ agent, table }: AgentComparison): DataTable[] {
  if (table.families.length === 0) return [];
  const shipped = table.families[0].default.policy;
  const titles = [
    "family",
    agent,
    shipped,
    `${agent} minus it`,
    "95 %",
    "best that sees no more",
    "",
    "best of all",
    "",
  ];
  return [
    {
      caption: "Costs by family of workloads, less is better",
      columns: titles.map((title) => ({ title })),
      rows: table.families.map(({ family, learner, difference, best_alike, best, ...one }) => [
        family,
        learner.cost,
        one.default.cost,
        difference.mean,
        rangeCell(difference.interval),
        best_alike.cost,
        best_alike.policy,
        best.cost,
        best.policy,
      ]),
    },
  ];
}

function tableOf(caption: string, policies: readonly PolicySummary[], best: AgentComparison): DataTable {
  const told = policies.some(({ sees }) => sees !== null);
  const rows = policies.map((policy): TableCell[] => [
    policy.policy,
    policy.role,
    ...(told ? [policy.sees] : []),
    policy.mean,
    rangeCell(policy.interval),
    policy.role === "bound" ? null : worstCell(policy),
    policy.cost,
    policy.decision_us,
    policy.policy_bytes,
    policy.charged,
    policy.difference?.mean ?? null,
    rangeCell(policy.difference?.interval ?? null),
    policy.difference?.probability ?? null,
    ...policy.measures.map(({ mean }) => mean),
  ]);
  const strong = policies.flatMap(({ role }, i) => (role === "agent" ? [i] : []));
  return { caption, columns: policyColumns(best, told), rows, strong };
}

function worstCell({ worst_workload, worst_mean }: PolicySummary): TableCell {
  if (worst_workload === null || worst_mean === null) return null;
  return { text: `${numberText(worst_mean)} ${worst_workload}`, value: worst_mean };
}

function kindWord(kind: Rival["kind"]): string {
  const words = {
    default: "default",
    static: "best static setting",
    published: "best tuned published heuristic",
    "hand-rule": "hand rule",
    informed: "best heuristic that is told more,",
  };
  return words[kind];
}

function verdictWord(verdict: Rival["verdict"]): string {
  return { ahead: "ahead of", level: "level with", behind: "behind", unknown: "beside" }[verdict];
}
