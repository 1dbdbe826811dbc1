import { HOLD_KERNEL, HOLD_NONE } from "../../kernel/gpu/decision.ts";
import { type GpuView, TICK_NS } from "../../kernel/gpu/view.ts";
import type { Knob, KnobValues } from "../knobs.ts";
import { criticalWaits, setByClass } from "./group_class.ts";
import { hardwareSettings, SLICE, TURNS } from "./hardware_settings.ts";
import { ruleHeuristic } from "./rule_heuristic.ts";
import type { GpuEntry } from "./types.ts";

/**
 * Tolerated slowdown of critical work. TGS's code: 3 % of the speed of training. For a short request one switch is
 * already more. Source of the start: choice.
 */
const TOLERANCE: Knob = { name: "tolerance", min: 0.01, max: 0.5, scale: "log", start: 0.3 };

/** Factor on best effort's rate when the slowdown is greater. TGS's code: 92 %. */
const DECREASE: Knob = { name: "decrease", min: 0.1, max: 0.95, scale: "linear", start: 0.92 };

/** Amount that is added to the rate when the slowdown is not greater, as a share of the full rate. */
const INCREASE: Knob = { name: "increase", min: 0.001, max: 0.2, scale: "log", start: 0.02 };

/** Ticks between two changes of the rate. Source: choice. */
const WINDOW_TICKS = 10;

/** Lowest rate: best effort always launches a little. Source: choice. */
const LEAST_RATE = 0.01;

/**
 * Rate control in the manner of TGS: best effort may launch for part of every millisecond. The part shrinks by a factor
 * when critical work is slower than alone, and grows step by step when it is not. TGS compares kernels a second with
 * the greatest rate it has seen. Requests arrive on their own here, so this rule compares time served with time in
 * which there were requests to serve.
 */
export const tgs: GpuEntry = {
  name: "tgs",
  role: "published",
  description: "TGS (NSDI 2023): best effort's rate is cut when critical work slows down and raised step by step",
  source: "the paper's code; loss is judged by time served, as requests arrive on their own",
  knobs: [TOLERANCE, DECREASE, INCREASE, SLICE, TURNS],
  create: (values) =>
    ruleHeuristic("tgs", (first, decision) => {
      const set = hardwareSettings(first, decision, values);
      const rate = new AdaptiveRate(values);
      return (view) => {
        set(view);
        rate.observe(view);
        const end = Math.floor(view.time / TICK_NS) * TICK_NS + rate.value * TICK_NS;
        const open = view.time < end;
        setByClass(view, decision.hold, HOLD_NONE, open ? HOLD_NONE : HOLD_KERNEL);
        decision.wakeUp = open && rate.value < 1 ? end : Number.POSITIVE_INFINITY;
      };
    }),
};

/** Part of the time in which best effort may launch, 0 to 1. */
class AdaptiveRate {
  value = 1;
  readonly #values: KnobValues;
  #time = 0;
  #waited = false;
  /** Time with critical requests in this window, and when the window began, ns. */
  #wanted = 0;
  #begin = 0;
  /** Time that critical groups were served before this window, ns. */
  #served = 0;

  constructor(values: KnobValues) {
    this.#values = values;
  }

  observe(view: GpuView): void {
    if (this.#waited) this.#wanted += view.time - this.#time;
    this.#time = view.time;
    this.#waited = criticalWaits(view);
    if (view.time < this.#begin + WINDOW_TICKS * TICK_NS) return;
    const served = criticalServed(view);
    const lost = this.#wanted > 0 ? 1 - (served - this.#served) / this.#wanted : 0;
    const { tolerance, decrease, increase } = this.#values;
    this.value = lost > tolerance ? Math.max(LEAST_RATE, this.value * decrease) : Math.min(1, this.value + increase);
    this.#served = served;
    this.#wanted = 0;
    this.#begin = view.time;
  }
}

function criticalServed({ groups, critical, servedNs }: GpuView): number {
  let sum = 0;
  for (let g = 0; g < groups; g++) if (critical[g] === 1) sum += servedNs[g];
  return sum;
}
