import type { Heuristic } from "../kernel/subsystem.ts";
import type { Knob, KnobValues } from "./knobs.ts";

/**
 * What a heuristic stands for in a comparison. Every table has a `default` (the heuristic that production kernels
 * ship; it scores 0), a `static` setting, a `published` heuristic and a `hand-rule`, as the rules of evidence ask.
 */
export type Role = "default" | "simple" | "static" | "published" | "hand-rule";

/**
 * A heuristic as the catalogue lists it. The entry holds everything that commands, tests and tables need to know. So a
 * new heuristic takes its own file and an entry in the list of its subsystem (`baselines/<subsystem>/index.ts`).
 */
export interface HeuristicEntry<View, Decision> {
  /** Unique in its subsystem, in kebab case. */
  readonly name: string;
  readonly role: Role;
  /** One line: what it does and where it comes from. */
  readonly description: string;
  /** Papers, files or data sheets that it follows, in Markdown. None where the description says it. */
  readonly source?: string;
  /**
   * What it is told that its rivals may not be told, in one word, where tables must say so. A subsystem lists its
   * words.
   */
  readonly information?: string;
  /**
   * Constants that tuning on the training split may choose. None where they are given. A heuristic that was not tuned
   * yet runs with the start value of each.
   */
  readonly knobs: readonly Knob[];
  /** Name of the heuristic that this one equals while all its knobs have their start values. None where it differs. */
  readonly startsAs?: string;
  /** Makes the heuristic with these constants, a value for each knob. */
  create(values: KnobValues): Heuristic<View, Decision>;
}
