import { z } from "zod";
import type { HeuristicEntry } from "../../baselines/heuristic_entry.ts";
import { type Knob, startValues } from "../../baselines/knobs.ts";
import { firstIssue } from "../../files/first_issue.ts";
import { parseJson } from "../../files/parse_json.ts";
import { type AnyEnv, EnvUsageError } from "../../gym/env.ts";
import { createRows, Discrete } from "../../gym/spaces.ts";
import type { Problem } from "../problems/problem.ts";
import { type CompiledProgram, compileProgram } from "../program/compile_program.ts";
import { ProgramError } from "../program/program_error.ts";
import { ProgramRun } from "../program/program_run.ts";
import { Realm } from "../program/realm.ts";
import { Returned } from "../program/returned.ts";
import { heuristicPolicy, type Policy } from "./policy.ts";

/** Most knobs of a program. Source: choice. */
const MOST_KNOBS = 32;

const KNOBS = z
  .array(
    z
      .object({
        name: z.string().min(1).max(60),
        min: z.number(),
        max: z.number(),
        scale: z.enum(["linear", "log"]).default("linear"),
        start: z.number(),
        unit: z.string().max(20).optional(),
      })
      .refine(({ min, max, start }) => min <= start && start <= max, { error: "start must be from min to max" })
      .refine(({ min, scale }) => scale === "linear" || min > 0, { error: "min must be above 0 on a log scale" }),
  )
  .max(MOST_KNOBS);

/** A program of a user, before it decides. */
export interface Program {
  readonly source: CompiledProgram;
  readonly realm: Realm;
  /** Its declared constants; none where it exports no `knobs`. */
  readonly knobs: readonly Knob[];
}

/**
 * Reads a program and evaluates it once.
 *
 * @throws FileError when the file cannot be read; ProgramError with the line where it is no program
 */
export function openProgram(path: string): Program {
  const source = compileProgram(path);
  const realm = new Realm(source.file);
  const exports = realm.evaluate(source);
  if (!realm.hasFunction(exports, "create")) {
    throw new ProgramError(
      `${source.file}: a program exports create(knobs); it exports ${source.exports.join(", ") || "nothing"}`,
    );
  }
  const text = realm.call(realm.functions, "json", (exports as { knobs?: unknown }).knobs ?? null) as string;
  const knobs = KNOBS.safeParse(parseJson(text) ?? []);
  if (!knobs.success) throw new ProgramError(`${source.file}: knobs: ${firstIssue(knobs.error, parseJson(text))}`);
  return { source, realm, knobs: knobs.data as Knob[] };
}

/**
 * A program as a policy, with the start values of its knobs.
 *
 * @param problem problem of its environment; null where that has no kernel, and a program must act
 * @throws FileError or ProgramError when it cannot be used
 */
export function programPolicy(problem: Problem | null, path: string): Policy {
  const program = openProgram(path);
  if (acts(program)) return refusing(actingProgram(program));
  if (problem === null) throw new ProgramError(`${program.source.file}: create must return an object with act`);
  return refusing(heuristicPolicy({ tuned: {} }, programEntry(program, problem)));
}

/** The same policy; where the environment refuses a decision, the program is at fault. */
function refusing(policy: Policy): Policy {
  return {
    ...policy,
    begin(env, seed) {
      const turn = policy.begin(env, seed);
      return {
        decide: (observation) => turn.decide(observation),
        apply(choice) {
          try {
            return turn.apply(choice);
          } catch (error) {
            if (!(error instanceof RangeError || error instanceof EnvUsageError)) throw error;
            throw new ProgramError(`${policy.name}: its decision is refused: ${error.message}`);
          }
        },
      };
    },
  };
}

/**
 * A program as a heuristic of a problem: each run evaluates its source anew.
 *
 * @throws ProgramError where programs do not decide in the environment
 */
export function programEntry(program: Program, { id, programs }: Problem): HeuristicEntry<unknown, unknown> {
  const { source, realm, knobs } = program;
  if (programs === undefined) throw new ProgramError(`${source.file}: programs do not decide in ${id}; they may act`);
  return {
    name: source.file,
    role: "simple",
    description: "a program of the user",
    knobs,
    create(values) {
      let heuristic = programs.heuristic(new ProgramRun(realm, source, values), source);
      return {
        name: source.file,
        reset() {
          heuristic = programs.heuristic(new ProgramRun(realm, source, values), source);
          heuristic.reset();
        },
        decide: (view) => heuristic.decide(view),
      };
    },
  };
}

/**
 * A program that acts as agents do: `act(observation, mask)` gets copies of both, flat over the rows, and returns a
 * number or an array of numbers, an action for each row.
 */
export function actingProgram({ source, realm, knobs }: Program): Policy {
  const values = startValues(knobs);
  return {
    name: source.file,
    role: "simple",
    sees: null,
    begin(env) {
      const run = new ProgramRun(realm, source, values);
      if (run.has("reset")) run.call("reset");
      const decide = actor(run, source, env);
      return { decide, apply: (action) => env.step(action) };
    },
  };
}

/** Whether a program's object has `act`. */
export function acts({ source, realm, knobs }: Program): boolean {
  return new ProgramRun(realm, source, startValues(knobs)).has("act");
}

function actor(run: ProgramRun, { file }: CompiledProgram, env: AnyEnv): (observation: unknown) => unknown {
  const { functions } = run.realm;
  const { actionSpace, rows } = env;
  const returned = new Returned(`${file}: act`);
  const wrapped = { action: null as unknown };
  const actions = createRows(actionSpace, rows);
  let seen: ArrayLike<number> & Record<number, number> = functions.numbers("Float32Array", 0);
  let legal: (ArrayLike<number> & Record<number, number>) | null = null;
  const single = rows === 1 && actionSpace instanceof Discrete;
  return (observation) => {
    const numbers = observation as ArrayLike<number>;
    if (seen.length !== numbers.length) seen = functions.numbers("Float32Array", numbers.length);
    for (let i = 0; i < numbers.length; i++) seen[i] = numbers[i];
    const mask = env.actionMask();
    if (mask !== null) {
      legal ??= functions.numbers("Uint8Array", mask.length);
      for (let i = 0; i < mask.length; i++) legal[i] = mask[i];
    }
    wrapped.action = run.call("act", seen, mask === null ? null : legal);
    returned.take(wrapped);
    if (single) return returned.number("action");
    returned.numbers("action", actions, actions.length);
    return actions;
  };
}
