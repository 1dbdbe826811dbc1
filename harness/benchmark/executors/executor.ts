import { RunError } from "../../run/usage_error.ts";
import type { Cell } from "../plan.ts";

/** What to do, and where its result belongs. */
export interface CellTask {
  cell: Cell;
  /** Folder of the benchmark. Executors on several machines need it at the same path on each. */
  benchmark: string;
  /** Folder of the cell's job, in that of the benchmark. */
  folder: string;
  /** Version of the code that made the plan. */
  version: string;
  /** Tells this plan from all others, also from earlier ones in the same folder. */
  plan: string;
  /** Counts the starts of this cell by this process, from 1. */
  attempt: number;
}

/** A running cell. */
export interface RunningCell {
  readonly task: CellTask;
  /** How it ended. Rejects with a LostCell if it may succeed elsewhere, with another error if it failed. */
  readonly ended: Promise<"done" | "interrupted">;
  /** The share that is done, 0 to 1; 0 where nothing tells it. */
  readonly share: number;
  /** Asks it to save its work and end. */
  stop(): void;
  /** Ends it at once, as far as the executor can. Work that was saved before stays. */
  kill(): void;
}

/** Where cells run. */
export interface Executor {
  /** As `--executor` names it. */
  readonly name: string;
  /** Most cells at a time; `Infinity` if something else holds them back. */
  readonly places: number;
  /**
   * Whether a free place suits a cell. A cell that suits none waits. Without this function all places suit all cells.
   */
  takes?(task: CellTask): boolean;
  /** Starts cells, no more than there are free places. With `takes` it gets them one by one. */
  start(tasks: readonly CellTask[]): RunningCell[];
}

/** A cell ended without a result and without a reason of its own: its process or its machine is gone. */
export class LostCell extends RunError {
  /** Last lines that it wrote; empty if nobody knows them. */
  readonly output: string;

  constructor(message: string, output = "") {
    super(message);
    this.output = output;
  }
}

/** Longest output that a message about a cell shows. Source: choice. */
const SHOWN = { lines: 10, characters: 4000 };

/** The end of what a cell wrote. */
export function lastLines(output: string): string {
  return output.trimEnd().slice(-SHOWN.characters).split("\n").slice(-SHOWN.lines).join("\n");
}

/** A word of a line for a shell of POSIX, which takes it as it stands. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The line for a shell that runs a cell. @param program line that starts this program */
export function cellLine(program: string, { cell, benchmark }: CellTask): string {
  return `${program} benchmark cell ${cell.cell} --plan ${shellWord(benchmark)}`;
}
