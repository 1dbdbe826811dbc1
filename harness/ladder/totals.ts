import { mean } from "d3-array";
import type { Transition } from "../../ladder/mode_machine.ts";
import type { LadderOptions } from "../../ladder/options.ts";
import { MODES, type Mode } from "../../ladder/states.ts";
import type { LadderRecord } from "./records.ts";

/** Totals of one run of the ladder. */
export interface LadderTotals {
  readonly seed: number;
  /** Highest mode that the ladder reached, and its last mode. */
  readonly highest: Mode;
  readonly final: Mode;
  /** Number of blocks that began in each mode. */
  readonly blocks: Readonly<Record<string, number>>;
  /** Number of changes to a rung above learning, and of changes back from those or into emergency. */
  readonly promotions: number;
  readonly demotions: number;
  /**
   * Cost of all blocks, and that of the default alone; the latter is null where the default did not play every block.
   */
  readonly cost: number;
  readonly default_cost: number | null;
  /** `cost` over `default_cost`, minus 1: below 0 the ladder has won. */
  readonly regret: number | null;
  /** The regret of the blocks after the end of the first attempt at a promotion; null where that has not ended. */
  readonly regret_after_attempt: number | null;
  /**
   * Over the blocks that could be assigned to the policy, by mode: their number, and the aimed and the realised share.
   */
  readonly shares: Readonly<Record<string, { blocks: number; aimed: number; realised: number }>>;
  /** Mean of each evaluator over the blocks in which both have a value. */
  readonly paired: number | null;
  readonly switchback: number | null;
}

/** The run of a ladder with one seed. */
export interface LadderRun {
  readonly seed: number;
  readonly records: readonly LadderRecord[];
  readonly transitions: readonly Transition[];
  readonly totals: LadderTotals;
}

/** Sums up the blocks of one seed. */
export function totalsOf(
  seed: number,
  records: readonly LadderRecord[],
  transitions: readonly Transition[],
  { learningBlocks }: LadderOptions,
): LadderTotals {
  const rank = (mode: Mode) => MODES.indexOf(mode);
  const reached = [...records.map(({ mode }) => mode), ...transitions.map(({ to }) => to)];
  const highest = reached.reduce((most, mode) => (rank(mode) > rank(most) ? mode : most));
  const final = transitions.at(-1)?.to ?? records[records.length - 1].mode;
  const ended = attemptEnd(records, learningBlocks);
  // The evidence leaves out blocks in which emergency began too.
  const both = records.filter(
    ({ paired, switchback, event }) => paired !== null && switchback !== null && !event.includes("emergency"),
  );
  return {
    seed,
    highest,
    final,
    blocks: Object.fromEntries(
      MODES.slice(1).map((mode) => [mode, records.filter((record) => record.mode === mode).length]),
    ),
    promotions: transitions.filter(({ reason }) => reason === "better").length,
    demotions: transitions.filter(({ reason }) => reason !== "better" && reason !== "clear").length,
    cost: records.reduce((sum, { cost }) => sum + cost, 0),
    default_cost: defaultCost(records),
    regret: regretOf(records),
    regret_after_attempt: ended === null ? null : regretOf(records.slice(ended)),
    shares: sharesOf(records),
    paired: mean(both, ({ paired }) => paired) ?? null,
    switchback: mean(both, ({ switchback }) => switchback) ?? null,
  };
}

/** Number of the first block after the first attempt. The attempt ends when evidence is full or learning mode ends. */
function attemptEnd(records: readonly LadderRecord[], learningBlocks: number): number | null {
  const at = records.findIndex(
    ({ mode, evidence, event }) => mode === "learning" && (evidence >= learningBlocks || event !== ""),
  );
  return at < 0 || at + 1 >= records.length ? null : at + 1;
}

function defaultCost(records: readonly LadderRecord[]): number | null {
  let sum = 0;
  for (const { default_cost } of records) {
    if (default_cost === null) return null;
    sum += default_cost;
  }
  return sum;
}

function regretOf(records: readonly LadderRecord[]): number | null {
  const standard = defaultCost(records);
  return standard === null ? null : records.reduce((sum, { cost }) => sum + cost, 0) / standard - 1;
}

function sharesOf(records: readonly LadderRecord[]): LadderTotals["shares"] {
  const shares: Record<string, { blocks: number; aimed: number; realised: number }> = {};
  for (const mode of MODES.slice(1)) {
    // A block in which emergency began belongs to another mode in part.
    const own = records.filter(
      (record) => record.mode === mode && record.share_aimed > 0 && !record.event.includes("emergency"),
    );
    if (own.length === 0) continue;
    shares[mode] = {
      blocks: own.length,
      aimed: mean(own, ({ share_aimed }) => share_aimed)!,
      realised: mean(own, ({ share_realised }) => share_realised)!,
    };
  }
  return shares;
}
