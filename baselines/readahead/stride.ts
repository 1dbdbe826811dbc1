import { MAX_READAHEAD, SOURCES } from "../../kernel/readahead/decision.ts";
import { nothing } from "../../kernel/readahead/page_sets.ts";
import type { SwapLog } from "../../kernel/readahead/swap_log.ts";
import type { ReadaheadView } from "../../kernel/readahead/view.ts";
import type { Knob } from "../knobs.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import { LogCursor } from "./log_cursor.ts";
import { ReferenceTable } from "./reference_table.ts";
import { runAhead } from "./run_ahead.ts";
import type { ReadaheadEntry } from "./types.ts";
import { vmaIndex } from "./vma_index.ts";

const STRIDE = SOURCES.indexOf("stride");

/** Pages that are read at once. */
const DEGREE: Knob = { name: "degree", min: 1, max: MAX_READAHEAD, scale: "log", start: 8, unit: "pages" };

/** Confidence that a stride needs, of 3. */
const CONFIDENCE: Knob = { name: "confidence", min: 1, max: 3, scale: "linear", start: 2 };

/** Keys of a table, one for each of its lines. */
interface Key {
  /** Number of keys. */
  count(view: ReadaheadView): number;
  /** Key of the access at a position of the log. */
  at(view: ReadaheadView, log: SwapLog, position: number): number;
}

/** Stride prediction as in processors: a line of the table for each instruction. */
export const stride = entry(
  "stride",
  "stride by instruction (Chen and Baer 1995): a reference prediction table with two-bit confidence",
  { count: (view) => view.programCounters, at: (_view, log, position) => log.pcAt(position) },
);

/** Stride prediction for a kernel that does not look at the instruction: a line of the table for each VMA. */
export const strideVma = entry("stride-vma", "stride by VMA: a reference prediction table with two-bit confidence", {
  count: (view) => view.vmas.length,
  at: (view, log, position) => vmaIndex(view.vmas, log.pageAt(position)),
});

function entry(name: string, description: string, key: Key): ReadaheadEntry {
  return {
    name,
    role: "published",
    description,
    knobs: [DEGREE, CONFIDENCE],
    create(values) {
      const decision = heuristicDecision();
      const degree = Math.round(values.degree);
      const confidence = Math.round(values.confidence);
      const cursor = new LogCursor();
      // Threads run the same instructions at different places, so each thread has its own table.
      const tables: (ReferenceTable | undefined)[] = [];
      return {
        name,
        reset() {
          cursor.reset();
          tables.length = 0;
        },
        decide(view) {
          const { log, thread } = view;
          for (let at = cursor.take(log); at < log.length; at++) {
            tables[log.threadAt(at)] ??= new ReferenceTable(key.count(view));
            tables[log.threadAt(at)]!.learn(key.at(view, log, at), log.pageAt(at));
          }
          const table = tables[thread]!;
          const row = key.at(view, log, log.length - 1);
          if (table.confidenceOf(row) < confidence) return nothing(decision);
          return runAhead(view, table.strideOf(row), degree, STRIDE, decision);
        },
      };
    },
  };
}
