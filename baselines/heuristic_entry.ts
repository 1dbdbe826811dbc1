import type { Heuristic } from "../kernel/subsystem.ts";
import type { Knob, KnobValues } from "./knobs.ts";

/**
 * What a heuristic stands for in a comparison. Every table has a `default` (what production kernels ship; 0 of the
 * score), a `static` setting, a `published` heuristic and a `hand-rule`, see the rules of evidence.
 */
export type Role = "default" | "simple" | "static" | "published" | "hand-rule";

/** A heuristic as the catalogue lists it. */
export interface HeuristicEntry<View, Decision> {
  readonly name: string;
  readonly role: Role;
  /** One line: what it does and where it comes from. */
  readonly description: string;
  /** What it is told that rivals may not be, in one word, where tables must say so; a subsystem lists its words. */
  readonly information?: string;
  /** Constants that tuning on the training split may choose; none where they are given. */
  readonly knobs: readonly Knob[];
  /** Makes the heuristic with these constants. */
  create(values: KnobValues): Heuristic<View, Decision>;
}
