import { mean } from "d3-array";
import type { Transition } from "../../ladder/mode_machine.ts";
import type { LadderOptions } from "../../ladder/options.ts";
import { MODES, type Mode } from "../../ladder/states.ts";
import type { LadderRecord } from "./records.ts";

/** What a ladder's run came to. */
export interface LadderTotals {
  readonly seed: number;
  /** Highest mode it was in, and the last. */
  readonly highest: Mode;
  readonly final: Mode;
  /** Blocks in each mode. */
  readonly blocks: Readonly<Record<string, number>>;
  /** Changes of mode to a higher rung than learning, and out of them or into emergency. */
  readonly promotions: number;
  readonly demotions: number;
  /** Cost of all blocks, and what the default's alone would have been; null where it was not played in all. */
  readonly cost: number;
  readonly default_cost: number | null;
  /** The first over the second, minus 1: below 0 the ladder has won. */
  readonly regret: number | null;
  /** The same of the blocks after the first attempt at a promotion has ended; null where it has not. */
  readonly regret_after_attempt: number | null;
  /** Of the blocks in which the agent could be assigned: share of blocks aimed at and assigned, by mode. */
  readonly shares: Readonly<Record<string, { blocks: number; aimed: number; realised: number }>>;
  /** Mean of both evaluators over the blocks that have both. */
  readonly paired: number | null;
  readonly switchback: number | null;
}

/** What a ladder did, for one seed. */
export interface LadderRun {
  readonly seed: number;
  readonly rows: readonly LadderRecord[];
  readonly transitions: readonly Transition[];
  readonly totals: LadderTotals;
}

/** Sums up the blocks of one seed. */
export function totalsOf(
  seed: number,
  rows: readonly LadderRecord[],
  transitions: readonly Transition[],
  { learningBlocks }: LadderOptions,
): LadderTotals {
  const rank = (mode: Mode) => MODES.indexOf(mode);
  const reached = [...rows.map(({ mode }) => mode), ...transitions.map(({ to }) => to)];
  const highest = reached.reduce((most, mode) => (rank(mode) > rank(most) ? mode : most));
  const final = transitions.at(-1)?.to ?? rows[rows.length - 1].mode;
  const ended = attemptEnd(rows, learningBlocks);
  // As in the evidence, without blocks that emergency cut in two.
  const both = rows.filter(
    ({ paired, switchback, event }) => paired !== null && switchback !== null && !event.includes("emergency"),
  );
  return {
    seed,
    highest,
    final,
    blocks: Object.fromEntries(MODES.slice(1).map((mode) => [mode, rows.filter((row) => row.mode === mode).length])),
    promotions: transitions.filter(({ reason }) => reason === "better").length,
    demotions: transitions.filter(({ reason }) => reason !== "better" && reason !== "clear").length,
    cost: rows.reduce((sum, { cost }) => sum + cost, 0),
    default_cost: defaultCost(rows),
    regret: regretOf(rows),
    regret_after_attempt: ended === null ? null : regretOf(rows.slice(ended)),
    shares: sharesOf(rows),
    paired: mean(both, ({ paired }) => paired) ?? null,
    switchback: mean(both, ({ switchback }) => switchback) ?? null,
  };
}

/** Number of the first block after the first attempt: evidence was full, or learning mode was left. */
function attemptEnd(rows: readonly LadderRecord[], learningBlocks: number): number | null {
  const at = rows.findIndex(
    ({ mode, evidence, event }) => mode === "learning" && (evidence >= learningBlocks || event !== ""),
  );
  return at < 0 || at + 1 >= rows.length ? null : at + 1;
}

function defaultCost(rows: readonly LadderRecord[]): number | null {
  let sum = 0;
  for (const { default_cost } of rows) {
    if (default_cost === null) return null;
    sum += default_cost;
  }
  return sum;
}

function regretOf(rows: readonly LadderRecord[]): number | null {
  const standard = defaultCost(rows);
  return standard === null ? null : rows.reduce((sum, { cost }) => sum + cost, 0) / standard - 1;
}

function sharesOf(rows: readonly LadderRecord[]): LadderTotals["shares"] {
  const shares: Record<string, { blocks: number; aimed: number; realised: number }> = {};
  for (const mode of MODES.slice(1)) {
    // Blocks in which emergency came in between are another mode's in part.
    const own = rows.filter((row) => row.mode === mode && row.share_aimed > 0 && !row.event.includes("emergency"));
    if (own.length === 0) continue;
    shares[mode] = {
      blocks: own.length,
      aimed: mean(own, ({ share_aimed }) => share_aimed)!,
      realised: mean(own, ({ share_realised }) => share_realised)!,
    };
  }
  return shares;
}
