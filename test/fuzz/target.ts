import type fc from "fast-check";

/** The files of an input by their names, relative to an empty folder. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** What a target is given. */
export interface Input {
  readonly files: Files;
  /** Arguments of the command line; none for targets that call a reader. */
  readonly args?: readonly string[];
}

/** A reader or a command that is tried with damaged inputs. */
export interface Target {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** Reads the input. The files are in the current folder. Refuses by an error, like the program. */
  run(input: Input): unknown;
}

/** How an input ended. Only the first two are right. */
export type Outcome = "refused" | "accepted" | "crashed" | "hung" | "memory";

export const OUTCOMES: readonly Outcome[] = ["refused", "accepted", "crashed", "hung", "memory"];
