import type { CongestionDecision } from "../../../kernel/congestion/decision.ts";
import type { CongestionView } from "../../../kernel/congestion/view.ts";
import type { CompiledProgram } from "../../program/compile_program.ts";
import { type ProgramContract, type ProgramRun, viewHeuristic } from "../../program/program_run.ts";
import { RateProgramHooks } from "./rate_program_hooks.ts";

// The queue pairs that share a link, and what is left of a message, are not known to a rival of the agents.
const VIEW = { hidden: ["queuePairs.sharers", "queuePairs.remaining", "crowding"], constant: ["queuePairs.chunk"] };

/**
 * A program whose object has `acknowledge` runs in the NICs, as `RateProgramHooks` says. Any other is asked once a
 * round trip of each queue pair: it gets the view, and returns `rate` (bytes per ns) and `window` (bytes) for the first
 * `askedCount` queue pairs of `asked`.
 */
export const congestionPrograms: ProgramContract = {
  heuristic: (run, program) => (run.has("acknowledge") ? inNics(run, program) : asked(run, program)),
};

function inNics(run: ProgramRun, program: CompiledProgram) {
  const none = new Float64Array(0);
  const decision: CongestionDecision = { program: new RateProgramHooks(run, program), rate: none, window: none };
  return { name: program.file, reset() {}, decide: () => decision };
}

function asked(run: ProgramRun, program: CompiledProgram) {
  let rate = new Float64Array(0);
  let window = new Float64Array(0);
  return viewHeuristic(run, program, VIEW, (returned, { askedCount }: CongestionView): CongestionDecision => {
    if (rate.length < askedCount) {
      rate = new Float64Array(2 * askedCount);
      window = new Float64Array(2 * askedCount);
    }
    rate.fill(0, 0, askedCount);
    window.fill(Number.POSITIVE_INFINITY, 0, askedCount);
    returned.numbers("rate", rate, askedCount);
    returned.numbers("window", window, askedCount);
    return { program: null, rate, window };
  });
}
