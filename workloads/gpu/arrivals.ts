import type { RandomStream } from "../../kernel/random.ts";
import { AZURE_TRAFFIC, burstyArrivals } from "./azure_llm.ts";

/** Arrival processes of requests. On average, all have the requested rate. */
export const ARRIVAL_KINDS = [
  "periodic",
  "frames",
  "poisson",
  "erlang",
  "hyperexponential",
  "on-off",
  "wave",
  "steps",
  "azure-conv",
  "azure-code",
] as const;

/** One of `ARRIVAL_KINDS`. */
export type ArrivalKind = (typeof ARRIVAL_KINDS)[number];

/** Parameters of an arrival process. */
export interface ArrivalOptions {
  /** Requests per second. */
  ratePerS: number;
  durationNs: number;
  random: RandomStream;
  /** Offset of a periodic client within its period, 0 to 1. Default: drawn. */
  phase?: number;
}

/** Draws the arrival times of requests in a run, ns: whole, ascending, from 0 to before the end of the run. */
export function drawArrivals(kind: ArrivalKind, options: ArrivalOptions): Float64Array {
  switch (kind) {
    case "periodic":
      return periodic(options);
    case "frames":
      return frames(options);
    case "azure-conv":
    case "azure-code":
      return burstyArrivals(
        AZURE_TRAFFIC[kind === "azure-conv" ? "conv" : "code"],
        options.ratePerS,
        options.durationNs,
        options.random,
      );
    case "wave":
    case "steps":
    case "on-off":
      return thinned(options, intensity(kind, options));
    default:
      return renewals(options, gap(kind, options.random));
  }
}

/** Greatest standard deviation of a periodic client's arrivals, as a share of its period. Source: choice. */
const MAX_JITTER = 0.08;

function periodic({ ratePerS, durationNs, random, phase = random.next() }: ArrivalOptions): Float64Array {
  const period = 1e9 / ratePerS;
  const jitter = MAX_JITTER * random.next();
  const times: number[] = [];
  for (let i = 0; (i + phase) * period < durationNs; i++) times.push((i + phase + jitter * random.normal()) * period);
  return whole(times, durationNs);
}

/**
 * Greatest share of a camera's frames that are missing, and greatest lateness of a frame as a share of the period.
 * Source: choice, after DISB's recorded arrivals.
 */
const MAX_DROPPED = 0.15;
const MAX_LATENESS = 0.3;

/** A camera's frames: never early, some late, some missing. */
function frames({ ratePerS, durationNs, random, phase = random.next() }: ArrivalOptions): Float64Array {
  const dropped = MAX_DROPPED * random.next();
  const period = (1e9 / ratePerS) * (1 - dropped);
  const lateness = MAX_LATENESS * random.next();
  const times: number[] = [];
  for (let i = 0; (i + phase) * period < durationNs; i++) {
    const late = Math.min(1, random.exponential() / 4) * lateness;
    if (random.next() >= dropped) times.push((i + phase + late) * period);
  }
  return whole(times, durationNs);
}

/** Returns a function that draws a gap with mean 1. */
function gap(kind: "poisson" | "erlang" | "hyperexponential", random: RandomStream): () => number {
  if (kind === "poisson") return () => random.exponential();
  if (kind === "erlang") {
    const stages = 2 + random.integer(4);
    return () => {
      let sum = 0;
      for (let i = 0; i < stages; i++) sum += random.exponential();
      return sum / stages;
    };
  }
  // Two exponential distributions that contribute equally to the mean; coefficient of variation 1.5 to 3. Source:
  // choice.
  const squared = random.uniform(1.5, 3) ** 2;
  const share = 0.5 * (1 + Math.sqrt((squared - 1) / (squared + 1)));
  return () => {
    const rate = random.next() < share ? 2 * share : 2 * (1 - share);
    return random.exponential() / rate;
  };
}

function renewals({ ratePerS, durationNs, random }: ArrivalOptions, draw: () => number): Float64Array {
  const mean = 1e9 / ratePerS;
  const times: number[] = [];
  // The run begins inside a gap.
  for (let time = draw() * random.next() * mean; time < durationNs; time += draw() * mean) times.push(time);
  return whole(times, durationNs);
}

/** Rate over the run relative to its mean, and its greatest value. */
interface Intensity {
  greatest: number;
  at(share: number): number;
}

/** Source of all figures here: choice. */
function intensity(kind: "wave" | "steps" | "on-off", { random, durationNs }: ArrivalOptions): Intensity {
  if (kind === "wave") {
    const depth = random.uniform(0.5, 0.95);
    const cycles = random.uniform(1, 4);
    const phase = random.next();
    return { greatest: 1 + depth, at: (share) => 1 + depth * Math.sin(2 * Math.PI * (cycles * share + phase)) };
  }
  const mean = kind === "steps" ? 60e6 : random.uniform(10e6, 30e6);
  const levels: number[] = [];
  if (kind === "steps") {
    for (let i = 0; i < Math.max(2, Math.round(durationNs / mean)); i++) levels.push(4 ** random.uniform(-1, 1));
  } else {
    // Slots of a fifth of a mean phase. Each is like the one before with probability 0.8.
    const share = random.uniform(0.25, 0.5);
    let on = random.next() < share;
    for (let i = 0; i < Math.max(2, Math.ceil((5 * durationNs) / mean)); i++) {
      if (random.next() < 0.2) on = random.next() < share;
      levels.push(on ? 1 : 0.02);
    }
  }
  const average = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return {
    greatest: Math.max(...levels) / average,
    at: (share) => levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] / average,
  };
}

/** A Poisson process with a varying rate, by thinning. */
function thinned({ ratePerS, durationNs, random }: ArrivalOptions, { greatest, at }: Intensity): Float64Array {
  const mean = 1e9 / (ratePerS * greatest);
  const times: number[] = [];
  for (let time = random.exponential() * mean; time < durationNs; time += random.exponential() * mean) {
    if (random.next() * greatest < at(time / durationNs)) times.push(time);
  }
  return whole(times, durationNs);
}

function whole(times: readonly number[], durationNs: number): Float64Array {
  return Float64Array.from(times, (time) => Math.max(0, Math.floor(time)))
    .filter((time) => time < durationNs)
    .sort();
}
