import type { KnobValues } from "../../baselines/knobs.ts";
import type { Heuristic } from "../../kernel/subsystem.ts";
import type { CompiledProgram } from "./compile_program.ts";
import { Mirror, type MirrorOptions } from "./mirror.ts";
import { ProgramError } from "./program_error.ts";
import type { Realm } from "./realm.ts";
import { Returned } from "./returned.ts";

/**
 * A program in one run: a fresh evaluation of its source, so that nothing is left of an earlier run, and what its
 * `create` returned.
 */
export class ProgramRun {
  readonly realm: Realm;
  /** What `create` returned; an object of the realm. */
  readonly instance: object;
  readonly #program: CompiledProgram;
  readonly #exports: unknown;
  readonly #knobs: KnobValues;

  /** @throws ProgramError when it cannot be evaluated or created */
  constructor(realm: Realm, program: CompiledProgram, knobs: KnobValues, exports: unknown = realm.evaluate(program)) {
    this.realm = realm;
    this.#program = program;
    this.#exports = exports;
    this.#knobs = knobs;
    const values = realm.functions.object();
    Object.assign(values, knobs);
    const instance = realm.call(this.#exports, "create", values);
    if (typeof instance !== "object" || instance === null) {
      throw new ProgramError(`${program.file}: create must return an object with decide or act`);
    }
    this.instance = instance;
  }

  /** Whether the program has a function of this name. */
  has(name: string): boolean {
    return this.realm.hasFunction(this.instance, name);
  }

  /** Calls a function of the program. @throws ProgramError with the line at which it failed */
  call(name: string, ...values: unknown[]): unknown {
    return this.realm.call(this.instance, name, ...values);
  }

  /** Another run of the same evaluation: it shares the program's own variables, and has an instance of its own. */
  again(): ProgramRun {
    return new ProgramRun(this.realm, this.#program, this.#knobs, this.#exports);
  }
}

/** How programs decide in an environment. */
export interface ProgramContract {
  /**
   * Makes the heuristic that asks a program. It is made for one run.
   *
   * @throws ProgramError when the program lacks what the environment needs
   */
  // biome-ignore lint/suspicious/noExplicitAny: each problem has its own view and decision.
  heuristic(run: ProgramRun, program: CompiledProgram): Heuristic<any, any>;
}

/**
 * A heuristic that shows a program a copy of the view, and reads the decision that it returns.
 *
 * @param read makes the decision of the subsystem; it may reuse the object
 */
export function viewHeuristic<View extends object, Decision>(
  run: ProgramRun,
  program: CompiledProgram,
  options: MirrorOptions,
  read: (returned: Returned, view: View) => Decision,
): Heuristic<View, Decision> {
  if (!run.has("decide")) throw new ProgramError(`${program.file}: create must return an object with decide(view)`);
  const returned = new Returned(`${program.file}: decide`);
  let shown: View | null = null;
  let mirror: Mirror | null = null;
  return {
    name: program.file,
    reset() {
      if (run.has("reset")) run.call("reset");
    },
    decide(view) {
      if (view === shown) mirror!.refresh();
      else {
        mirror = new Mirror(run.realm, view, options);
        shown = view;
      }
      return read(returned.take(run.call("decide", mirror!.object)), view);
    },
  };
}
