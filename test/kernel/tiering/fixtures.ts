import type {
  HintFaultDecision,
  HistogramDecision,
  NoneDecision,
  TieringDecision,
} from "../../../kernel/tiering/decision.ts";
import { type Machine, twoTierMachine } from "../../../kernel/tiering/machine.ts";
import type { TieringScenario } from "../../../kernel/tiering/scenario.ts";
import { TieringKernel } from "../../../kernel/tiering/tiering.ts";
import type { TieringWorkload, WindowHistogram } from "../../../kernel/tiering/workload.ts";

/**
 * Creates a workload from its shares. They are the same in every window unless `shares` is a function of the window.
 */
export function workloadOf(
  shares: number[] | ((window: number) => number[]),
  { windows = 20, write = 0 }: { windows?: number; write?: number } = {},
): TieringWorkload {
  const at = typeof shares === "function" ? shares : () => shares;
  return {
    name: "test",
    pages: at(0).length,
    windows,
    fill(index: number, out: WindowHistogram) {
      out.access.set(at(index));
      out.write.fill(write);
    },
  };
}

/** Returns shares with a hot third that gets 90 % of the accesses; it starts at page `first` and wraps around. */
export function hotThird(pages: number, first: number): number[] {
  const hot = Math.floor(pages / 3);
  const shares = new Array<number>(pages).fill(0.1 / pages);
  for (let i = 0; i < hot; i++) shares[(first + i) % pages] += 0.9 / hot;
  return shares;
}

export function scenarioOf(
  workload: TieringWorkload,
  { machine, background = 0 }: { machine?: Machine; background?: number | ((window: number) => number) } = {},
): TieringScenario {
  const level = typeof background === "number" ? () => background : background;
  return {
    workload,
    machine: machine ?? twoTierMachine(Math.ceil(workload.pages / 3), workload.pages),
    background: Float64Array.from({ length: workload.windows }, (_, i) => level(i)),
  };
}

/** Runs to the end with a fixed or computed decision. Checks every invariant on the way. Returns the kernel. */
export function run(
  scenario: TieringScenario,
  decision: TieringDecision | ((kernel: TieringKernel, step: number) => TieringDecision),
  seed = 1,
): TieringKernel {
  const kernel = new TieringKernel();
  kernel.reset(scenario, seed);
  for (let step = 0; !kernel.done; step++) {
    kernel.decide(typeof decision === "function" ? decision(kernel, step) : decision);
    kernel.checkInvariants();
  }
  return kernel;
}

export const NONE: NoneDecision = { mechanism: "none" };

export const HISTOGRAM: HistogramDecision = {
  mechanism: "histogram",
  fastShare: 1,
  moveRate: 2048,
  recency: 0.3,
  hysteresis: 0.5,
};

export const HINT_FAULT: HintFaultDecision = {
  mechanism: "hint-fault",
  hotThresholdMs: 1000,
  scanRate: 256,
  promoteRate: 65536,
};
