import type { KernelEnv } from "../../envs/kernel_env.ts";
import { type AnyEnv, EnvUsageError } from "../../gym/env.ts";
import type { Applied, LadderPolicy, LadderPolicyRun } from "../../ladder/ladder_policy.ts";
import type { Assignment, Efficiency, MlModel, Operations } from "../../ladder/ml_model.ts";
import type { Transition } from "../../ladder/mode_machine.ts";
import type { Mode } from "../../ladder/states.ts";
import type { Policy, Turn } from "../play/policy.ts";
import type { Problem } from "../problems/problem.ts";
import type { RunCache } from "./run_cache.ts";
import { ScriptedPolicy } from "./scripted_policy.ts";

/** A block: a whole run of the subsystem. */
export interface BlockSpec {
  readonly seed: number;
  /** Of `env.reset`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A load that is there in any case, 0 to 1. */
  readonly load: number;
}

/** How one of the two did in a run. */
export interface RunResult {
  readonly cost: number;
  readonly operations: number;
  /** Recommendations asked for, carried out, and not there or invalid. */
  readonly asked: number;
  readonly applied: number;
  readonly refused: number;
  /** Greatest load, and greatest cost so far, at any operation and at the end. */
  readonly load: number;
  readonly peak: number;
  /** Why the rest of a copy was taken from the agent; null where it was not, and in live runs, of which the model knows. */
  readonly failure: "invalid" | "silent" | "load" | null;
}

/** What a block gave. */
export interface BlockResult {
  readonly block: number;
  readonly workload: string;
  readonly seed: number;
  /** Mode in which it began. */
  readonly mode: Mode;
  readonly assignment: Assignment;
  readonly live: RunResult;
  /** The other one's run in a copy; null where there was none. */
  readonly other: RunResult | null;
  /** What the default cost in it, null where it did not play. */
  readonly defaultCost: number | null;
  readonly efficiency: Efficiency;
  readonly transition: Transition | null;
}

/** Who takes part in a ladder's run. */
export interface LadderParts {
  readonly problem: Problem;
  /** Without wrappers. */
  readonly env: AnyEnv;
  readonly model: MlModel;
  readonly agent: LadderPolicy;
  /** The subsystem's own algorithm. */
  readonly byDefault: Policy;
  /** Kind of a workload, by its name. */
  readonly slices: ReadonlyMap<string, string>;
  /** Whether the one who does not decide in the live run plays the same run in a copy. */
  readonly copies: boolean;
  /** Runs that need not be played again; null to play every one. */
  readonly cache: RunCache | null;
}

/**
 * Plays a block: the live run by whoever the model says and, outside of emergency, the same run by the other one in a copy that is
 * made at its beginning. What happens in the copy never touches the live run, nor, with switchback evidence, the mode.
 */
export function playBlock(parts: LadderParts, spec: BlockSpec): BlockResult {
  const { model, agent, copies } = parts;
  const { seed } = spec;
  const assignment = model.beginBlock();
  const { mode } = model;
  const { block } = model.machine;
  const both = copies && mode !== "emergency";
  const { live, other, workload } =
    cachedRuns(parts, spec, assignment.agent, both) ?? playRuns(parts, spec, assignment.agent, both);
  // Who has not been asked yet has no weights, and may have others since the block began.
  if (agent.weights) model.useWeights(agent.weights);
  const { efficiency, transition } = model.closeBlock(
    {
      load: live.load,
      alive: agent.alive,
      slice: parts.slices.get(workload) ?? workload,
      asked: live.asked,
      refused: live.refused,
      cost: live.cost,
      otherCost: other?.cost ?? null,
      otherFailure: other?.failure ?? null,
    },
    (feedback) => agent.feedback(feedback),
  );
  const defaultCost = assignment.agent ? (other?.cost ?? null) : live.cost;
  return { block, workload, seed, mode, assignment, live, other, defaultCost, efficiency, transition };
}

interface BlockRuns {
  readonly live: RunResult;
  readonly other: RunResult | null;
  readonly workload: string;
}

function playRuns(parts: LadderParts, { seed, options, load }: BlockSpec, decides: boolean, both: boolean): BlockRuns {
  const { problem, env, model, agent, byDefault, cache } = parts;
  const { observation } = env.reset({ seed, options });
  const { workload } = env as unknown as KernelEnv;
  const copy = both ? env.fork() : null;
  const part = { problem, model, agent, byDefault, seed, load };
  const live = new BlockRun({ ...part, env, decides, live: true }).play(observation);
  const other =
    copy === null ? null : new BlockRun({ ...part, env: copy, decides: !decides, live: false }).play(observation);
  copy?.close();
  const policies = cache === null || load > 0 ? null : policiesOf(parts);
  if (policies !== null) {
    const [liveName, otherName] = decides ? policies : [...policies].reverse();
    if (undisturbed(live, decides, parts)) cache!.set(liveName, seed, options, { ...live, workload });
    if (other !== null && undisturbed(other, !decides, parts)) {
      cache!.set(otherName, seed, options, { ...other, workload });
    }
  }
  return { live, other, workload };
}

/** Both runs as they were played before; null where one was not, or where something would happen in it. */
function cachedRuns(
  parts: LadderParts,
  { seed, options, load }: BlockSpec,
  decides: boolean,
  both: boolean,
): BlockRuns | null {
  const { cache, model } = parts;
  const policies = cache === null || load > 0 ? null : policiesOf(parts);
  if (policies === null) return null;
  const [liveName, otherName] = decides ? policies : [...policies].reverse();
  const live = cache!.get(liveName, seed, options);
  const other = both ? cache!.get(otherName, seed, options) : null;
  const critical = (run: RunResult | null) => run !== null && run.load >= model.options.highWater;
  if (live === undefined || other === undefined || critical(live) || critical(other)) return null;
  if (decides && model.breaches(live.peak)) return null;
  return { live, other, workload: live.workload };
}

/** Names of the agent's policy and of the default; null for an agent whose runs depend on more than who plays. */
function policiesOf({ agent, byDefault }: LadderParts): [string, string] | null {
  if (!(agent instanceof ScriptedPolicy) || agent.policy === "silent") return null;
  return [agent.policy.name, byDefault.name];
}

/** Whether one of the two played the whole run. */
function undisturbed(run: RunResult, decides: boolean, { model }: LadderParts): boolean {
  if (run.load >= model.options.highWater) return false;
  return decides ? run.applied === run.operations : run.applied === 0 && run.asked === 0;
}

/** One run, live or in a copy. */
interface RunParts extends Pick<LadderParts, "problem" | "model" | "agent" | "byDefault" | "env"> {
  readonly seed: number;
  readonly load: number;
  /** Whether the agent decides, until the default takes over. */
  readonly decides: boolean;
  readonly live: boolean;
}

class BlockRun implements Operations {
  readonly #parts: RunParts;
  readonly #env: KernelEnv;
  #agentRun: LadderPolicyRun | null;
  #default: Turn | null = null;
  #observation: unknown;
  #load = 0;
  #peak = 0;
  #missed = 0;
  #failure: RunResult["failure"] = null;
  #asked = 0;
  #applied = 0;
  #refused = 0;

  constructor(parts: RunParts) {
    const { env, agent, seed, decides, live } = parts;
    this.#parts = parts;
    this.#env = env as unknown as KernelEnv;
    this.#agentRun = decides ? agent.begin(env, seed, live) : null;
  }

  play(observation: unknown): RunResult {
    const { live, model } = this.#parts;
    this.#observation = observation;
    let operations = 0;
    for (;;) {
      const { terminated, truncated, observation: next } = live ? this.#executeLive() : this.#executeCopy();
      operations++;
      if (terminated || truncated) break;
      // The agent's part is over as soon as emergency begins. A copy sees to that by itself.
      if (this.#agentRun !== null && live && model.mode === "emergency") this.#handOver();
      if (this.#agentRun !== null) this.#observation = next ?? this.#env.observe();
    }
    this.#handOver();
    // Where a program decides to the end of the run there was no other point at which to look.
    this.load();
    const cost = this.cost();
    const [load, peak, failure] = [this.#load, this.#peak, this.#failure];
    const [asked, applied, refused] = [this.#asked, this.#applied, this.#refused];
    return { cost, operations, asked, applied, refused, load, peak, failure };
  }

  #executeLive(): Applied {
    return this.#parts.model.executeOperation(this, this.#agentRun !== null);
  }

  /** In a copy nothing changes the mode: load and misses take the rest of the copy from the agent, as they would in the live run. */
  #executeCopy(): Applied {
    const { model } = this.#parts;
    const critical = this.load() >= model.options.highWater;
    if (this.#agentRun === null || model.mode === "emergency") return this.byDefault();
    if (critical) return this.#fail("load");
    const recommendation = this.recommend();
    const applied = model.preprocessRecommendation(recommendation) ? this.apply(recommendation) : null;
    if (applied !== null) {
      this.#missed = 0;
      return applied;
    }
    this.#missed++;
    if (this.#missed < model.options.maxInvalid) return this.byDefault();
    return this.#fail(recommendation === null ? "silent" : "invalid");
  }

  #fail(failure: RunResult["failure"]): Applied {
    this.#failure = failure;
    this.#handOver();
    return this.byDefault();
  }

  /** The default decides from now on. */
  #handOver(): void {
    this.#agentRun?.end();
    this.#agentRun = null;
  }

  load(): number {
    const { problem, load } = this.#parts;
    const now = Math.max(load, problem.pressure(this.#env.kernel));
    if (now > this.#load) this.#load = now;
    return now;
  }

  cost(): number {
    const { cost } = this.#env;
    if (cost > this.#peak) this.#peak = cost;
    return cost;
  }

  recommend(): unknown {
    this.#asked++;
    const recommendation = this.#agentRun!.recommend(this.#observation);
    if (recommendation === null) this.#refused++;
    return recommendation;
  }

  apply(recommendation: unknown): Applied | null {
    try {
      const result = this.#agentRun!.apply(recommendation);
      this.#applied++;
      this.#agentRun!.learn(result);
      return result;
    } catch (error) {
      // The environment refuses what is not an action or not legal before anything has happened.
      if (!(error instanceof EnvUsageError)) throw error;
      this.#refused++;
      return null;
    }
  }

  byDefault(): Applied {
    const { byDefault, env, seed } = this.#parts;
    this.#default ??= byDefault.begin(env, seed);
    return this.#default.apply(this.#default.decide(undefined));
  }
}
