import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { BOOTSTRAP, programScript, type RealmFunctions } from "./bootstrap.ts";
import type { CompiledProgram } from "./compile_program.ts";
import { ProgramError } from "./program_error.ts";
import { calls } from "./watch_programs.ts";

/** Options of lockdown: errors keep their stacks, for the lines in messages. */
const LOCKDOWN = {
  errorTaming: "unsafe",
  consoleTaming: "unsafe",
  overrideTaming: "min",
  evalTaming: "safe-eval",
  domainTaming: "unsafe",
  stackFiltering: "verbose",
};

/** Longest message of a program's error, characters. */
const MOST_MESSAGE = 300;

/**
 * A JavaScript realm for programs: intrinsics of its own, frozen by Endo's ses, no module of Node, no clock, no
 * randomness, no timers; its promises never settle. Objects of the host never enter it: what a program gets is made
 * inside, from numbers and texts.
 *
 * The frozen intrinsics are the realm's own because frozen ones would slow the simulators down several times.
 */
export class Realm {
  readonly functions: RealmFunctions;
  readonly #fault: { text: string | null };
  readonly #file: string;
  /** Lines that the realm puts before a program. */
  readonly #linesBefore: number;

  /** @param file name of the program, for messages */
  constructor(file: string) {
    this.#file = file;
    const context = createContext(Object.create(null), {
      codeGeneration: { strings: true, wasm: false },
      // Its microtasks would only run after scripts, and none runs after the program was evaluated.
      microtaskMode: "afterEvaluate",
    });
    const ses = createRequire(import.meta.url).resolve("ses");
    runInContext(readFileSync(join(dirname(ses), "ses.umd.js"), "utf8"), context, { filename: "ses.js" });
    runInContext(`lockdown(${JSON.stringify(LOCKDOWN)})`, context);
    this.functions = runInContext(BOOTSTRAP, context);
    this.#fault = this.functions.object() as { text: string | null };
    this.#fault.text = null;
    this.#linesBefore = this.#countLinesBefore();
  }

  /** Evaluates the program anew. Returns an object with its exports. @throws ProgramError when that fails */
  evaluate({ code, file, exports }: CompiledProgram): unknown {
    return this.call(this.functions, "evaluate", programScript(code, file, exports));
  }

  /** Whether an object of the realm has a function of this name. */
  hasFunction(target: unknown, name: string): boolean {
    return this.call(this.functions, "has", target, name) === true;
  }

  /**
   * Calls the function `name` of an object of the realm, with values of the realm or primitive ones.
   *
   * @throws ProgramError with the line at which the program failed
   */
  call(target: unknown, name: string, ...values: unknown[]): unknown {
    const fault = this.#fault;
    calls[0]++;
    const result = this.functions.call(fault, target, name, ...values);
    calls[0]++;
    if (fault.text === null) return result;
    const text = `${fault.text}`;
    fault.text = null;
    throw new ProgramError(this.#describe(text));
  }

  #countLinesBefore(): number {
    const script = programScript('throw new Error("probe")', "probe.js", []);
    this.functions.call(this.#fault, this.functions, "evaluate", script);
    const line = /probe\.js:(\d+)/.exec(`${this.#fault.text}`);
    this.#fault.text = null;
    return line === null ? 0 : Number(line[1]) - 1;
  }

  /** An error of the program in one line: where, in the program's own lines, and what. */
  #describe(stack: string): string {
    const [message] = stack.split("\n");
    const place = stack.split("\n").find((line) => line.includes(`${encodeURI(this.#file)}:`));
    const found = place === undefined ? null : /:(\d+):\d+\)?$/.exec(place);
    const where = found === null ? this.#file : `${this.#file}:${Number(found[1]) - this.#linesBefore}`;
    return `${where}: ${message.slice(0, MOST_MESSAGE)}`;
  }
}
