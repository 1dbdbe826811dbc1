import { kernelEnvOf } from "../../envs/kernel_env.ts";
import type { Assignment, Efficiency } from "../../ladder/ml_model.ts";
import type { Transition } from "../../ladder/mode_machine.ts";
import type { Mode } from "../../ladder/states.ts";
import { BlockRun } from "./block_run.ts";
import type { LadderParts } from "./parts.ts";
import type { RunResult } from "./run_result.ts";
import { ScriptedPolicy } from "./scripted_policy.ts";

/** What to play in a block. A block is one whole run of the subsystem. */
export interface BlockSpec {
  readonly seed: number;
  /** Options of `env.reset`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Lower limit of the load that the ladder sees, 0 to 1; above 0 it simulates an external load. */
  readonly load: number;
}

/** Results of a block. */
export interface BlockResult {
  readonly block: number;
  readonly workload: string;
  /** Seed of the run. */
  readonly seed: number;
  /** Mode in which the block began. */
  readonly mode: Mode;
  readonly assignment: Assignment;
  readonly live: RunResult;
  /**
   * The run in a copy: of the default where the policy was assigned the live run, else of the policy. Null where no
   * copy was played.
   */
  readonly other: RunResult | null;
  /** Cost of the default in this block, live or in the copy; null where it played neither. */
  readonly defaultCost: number | null;
  readonly efficiency: Efficiency;
  readonly transition: Transition | null;
}

/**
 * Plays a block. The model assigns the live run to the policy or to the default. Outside of emergency the other of the
 * two plays the same run in a copy that is made at its beginning. The copy never affects the live run. With switchback
 * evidence it does not affect the mode either.
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
  // A policy that has not been asked yet has no weights, and the weights may have changed since the block began.
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

/** The runs of a block, and the workload that they share. */
interface BlockRuns {
  readonly live: RunResult;
  readonly other: RunResult | null;
  readonly workload: string;
}

function playRuns(parts: LadderParts, { seed, options, load }: BlockSpec, decides: boolean, both: boolean): BlockRuns {
  const { problem, env, model, agent, byDefault, cache } = parts;
  const { observation } = env.reset({ seed, options });
  const { workload } = kernelEnvOf(env);
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

/**
 * Both runs as they were played before. Null where one of them was not played yet, or where the ladder would have to
 * intervene in one.
 */
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

/** Names of the played policy and of the default; null where a run depends on more than the name of the policy. */
function policiesOf({ agent, byDefault }: LadderParts): [string, string] | null {
  if (!(agent instanceof ScriptedPolicy) || agent.policy === "silent") return null;
  return [agent.policy.name, byDefault.name];
}

/** Whether one of the two, the policy or the default, decided in the whole run. */
function undisturbed(run: RunResult, decides: boolean, { model }: LadderParts): boolean {
  if (run.load >= model.options.highWater) return false;
  return decides ? run.applied === run.operations : run.applied === 0 && run.asked === 0;
}
