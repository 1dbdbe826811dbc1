import { HEURISTIC_US, heuristicDecision } from "../../../baselines/gpu/heuristic_decision.ts";
import type { GpuDecision } from "../../../kernel/gpu/decision.ts";
import { GpuPlanner, PLANNER_SETTINGS } from "../../../kernel/gpu/planner.ts";
import { createStance, type GpuStance } from "../../../kernel/gpu/stance.ts";
import type { GpuView } from "../../../kernel/gpu/view.ts";
import type { Heuristic } from "../../../kernel/subsystem.ts";
import type { CompiledProgram } from "../../program/compile_program.ts";
import { type ProgramContract, type ProgramRun, viewHeuristic } from "../../program/program_run.ts";
import { Returned } from "../../program/returned.ts";

const VIEW = {
  constant: [
    "groups",
    "architecture",
    "controlNs",
    "minSliceUs",
    "streams",
    "critical",
    "slo",
    "expectedNs",
    "prepNs",
    "meanKernelNs",
    "weightedKernelNs",
    "maxKernelNs",
    "blockNs",
    "occupancy",
    "instructionPreemption",
    "idempotent",
  ],
};

const DECISION_ARRAYS = [
  "sliceUs",
  "interleave",
  "mode",
  "enabled",
  "gentle",
  "preempt",
  "reset",
  "hold",
  "depth",
  "spin",
  "polling",
  "share",
] as const satisfies readonly (keyof GpuDecision)[];

const STANCE_ARRAYS = [
  "means",
  "mode",
  "sliceUs",
  "turn",
  "reserve",
  "release",
  "lead",
  "context",
  "order",
] as const satisfies readonly (keyof GpuStance)[];

/**
 * Programs get the view of the GPU and return fields of a `GpuDecision`; those that are left out leave it to the
 * hardware. A program whose object has a field `planner`, with some of `PlannerSettings` or none, returns fields of a
 * `GpuStance` instead: lasting intentions that the planner carries out. What a stance leaves out stays as it was. A
 * decision takes the time of a heuristic.
 */
export const gpuPrograms: ProgramContract = {
  heuristic: (run, program) => (hasPlanner(run) ? planned(run, program) : direct(run, program)),
};

function hasPlanner({ instance }: ProgramRun): boolean {
  return new Returned("create").take(instance).has("planner");
}

function direct(run: ProgramRun, program: CompiledProgram): Heuristic<GpuView, GpuDecision> {
  return viewHeuristic(run, program, VIEW, (returned, { groups }: GpuView) => {
    const decision = heuristicDecision(groups);
    for (const name of DECISION_ARRAYS) returned.numbers(name, decision[name], groups);
    decision.sharing = returned.number("sharing", decision.sharing);
    decision.notify = returned.number("notify", decision.notify);
    decision.wakeUp = returned.number("wakeUp", decision.wakeUp);
    return decision;
  });
}

function planned(run: ProgramRun, program: CompiledProgram): Heuristic<GpuView, GpuDecision> {
  const { file } = program;
  const given = new Returned(`${file}: create`).take(run.instance);
  const settings = given.object("planner");
  const planner = new GpuPlanner(
    Object.fromEntries(
      Object.entries(PLANNER_SETTINGS).map(([name, value]) => [name, settings.number(name, value)]),
    ) as unknown as typeof PLANNER_SETTINGS,
  );
  let stance: GpuStance | null = null;
  const asked = viewHeuristic(run, program, VIEW, (returned, view: GpuView) => {
    stance ??= createStance(view.critical);
    for (const name of STANCE_ARRAYS) returned.numbers(name, stance[name], view.groups);
    const decision = planner.plan(view, stance);
    decision.microseconds = HEURISTIC_US;
    return decision;
  });
  return {
    name: file,
    reset() {
      planner.reset();
      stance = null;
      asked.reset();
    },
    decide: (view) => asked.decide(view),
  };
}
