import { LEAST_SHARE } from "../../kernel/congestion/programs/program.ts";
import { fromMbps } from "../../kernel/congestion/units.ts";
import type { Knob, KnobValues } from "../knobs.ts";

/** Limits within which a rate-based program moves. */
export interface RateLimits {
  /** Initial rate of a queue pair, as a share of its line. */
  readonly start: number;
  /** Least rate in bytes per ns on a line of `line` bytes per ns. */
  readonly floor: (line: number) => number;
  /** Bytes that may be in flight, relative to rate x base round trip. Infinity for any amount. */
  readonly window: number;
}

/** Least rate of the shipped programs on any line. Source: run.py of the HPCC simulator, MIN_RATE 1000 Mb/s. */
export const shippedFloor = (line: number): number => Math.min(line, fromMbps(1000));

/** Least rate of programs whose constants are tuned. */
export const tunedFloor = (line: number): number => LEAST_SHARE * line;

/** Start rate as a knob. It starts at the shipped line rate. */
export const START: Knob = { name: "start", min: 0.02, max: 1, scale: "log", start: 1, unit: "line" };

/** A factor above this value bounds nothing. */
const UNBOUNDED = 16;

/** Knob for a factor that bounds something, relative to what flows without a queue. Above 16 it bounds nothing. */
export function boundKnob(name: string, start: number): Knob {
  return { name, min: 0.3, max: 20, scale: "log", start };
}

/** The factor that the value of a bound knob stands for: Infinity above 16. */
export function bound(value: number): number {
  return value > UNBOUNDED ? Infinity : value;
}

/** Ties the window to the rate, for programs that ship without a window. */
export const ADDED_WINDOW: Knob = boundKnob("window", 20);

/** Ties the window to the rate, for programs that ship with a window. */
export const WINDOW: Knob = boundKnob("window", 1);

/** Ties the rate to the window, for programs that ship without pacing. */
export const PACE: Knob = boundKnob("pace", 20);

/** The limits of a program whose constants are tuned. */
export function tunedLimits({ start, window }: KnobValues): RateLimits {
  return { start, floor: tunedFloor, window: bound(window) };
}

/** Additive increase as a knob, as a share of the line. */
export function increaseKnob(start: number): Knob {
  return { name: "increase", min: 1e-4, max: 0.2, scale: "log", start, unit: "line" };
}

/** An increase in Mb/s at 100 Gb/s as a share of the line. Source of the scaling: run.py of the HPCC simulator. */
export function shareOf100G(mbps: number): number {
  return mbps / 100_000;
}
