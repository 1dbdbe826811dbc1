import { type KernelSequence, kernelSequence } from "../../kernel/gpu/workload.ts";
import type { RandomStream } from "../../kernel/random.ts";
import { shuffled } from "../shuffled.ts";
import type { KernelClass, KernelProfile } from "./kernel_profile.ts";
import { interpolate, type QuantileFunction, quantileFunction } from "./quantile_function.ts";

/** How a drawn sequence may differ from its profile. */
export interface SequenceOptions {
  /** Time of all kernels together, ns; all kernels are scaled to it. Default: the profile's. */
  totalNs?: number;
  /** Default: the profile's. */
  name?: string;
}

/**
 * How kernels fill the GPU and what limits them. Source: the shares by kernel time in the Orion profiles of V100
 * (forward passes and training iterations), rounded; the interpolation between them is a choice.
 */
const CLASSES: Record<KernelClass, ClassFigures> = {
  inference: { fill: [0.65, 0.9, 0.75], compute: [0.1, 0.95], unknown: [0.5, 0.2] },
  training: { fill: [0.1, 0.88, 0.92], compute: [0.02, 0.7], unknown: [0.4, 0.05] },
};

interface ClassFigures {
  /** Mean share of the multiprocessors that a kernel fills: below 10 us, below 50 us, and above. */
  fill: readonly [short: number, middle: number, long: number];
  /** Share of kernels that are bound by arithmetic, at the shortest and at the longest kernel. */
  compute: readonly [short: number, long: number];
  /** Share of the other kernels whose limit is unknown, at the shortest and at the longest kernel. */
  unknown: readonly [short: number, long: number];
}

/**
 * Power by which the share bound by arithmetic rises with a kernel's rank. Source: fits the counts and times of the
 * Orion profiles.
 */
const COMPUTE_POWER = 3;

/** Most waves of thread blocks in a kernel that fills the GPU. Source: choice. */
const MAX_WAVES = 16;

const US = 1000;

const shapes = new Map<KernelProfile, QuantileFunction>();

/**
 * Draws kernels with the quantiles and the total of a profile, in an order that the stream draws (source of the order:
 * choice). The quantiles are met as closely as the number of kernels allows. The total is met exactly, except for
 * rounding to ns.
 */
export function drawSequence(
  profile: KernelProfile,
  random: RandomStream,
  { totalNs = profile.totalMs * 1e6, name = profile.name }: SequenceOptions = {},
): KernelSequence {
  const { kernels } = profile;
  const figures = CLASSES[profile.class];
  const shape = shapeOf(profile);
  const ranks = shuffled(kernels, random);
  const durations = Float64Array.from(ranks, (rank) => interpolate(shape, (rank + random.next()) / kernels));
  const scale = totalNs / durations.reduce((sum, ns) => sum + ns, 0);
  const occupancy = new Float64Array(kernels);
  const limit = new Int8Array(kernels);
  const blockNs = new Float64Array(kernels);
  for (let i = 0; i < kernels; i++) {
    const share = ranks[i] / kernels;
    occupancy[i] = drawFill(figures.fill[fillClass(durations[i])], random);
    limit[i] = drawLimit(figures, share, random);
    durations[i] *= scale;
    blockNs[i] = durations[i] * drawBlockShare(occupancy[i], random);
  }
  return kernelSequence(name, durations, { occupancy, limit, blockNs, idempotent: profile.idempotent });
}

function shapeOf(profile: KernelProfile): QuantileFunction {
  let shape = shapes.get(profile);
  if (shape === undefined) {
    const knots = profile.quantilesUs.map(([share, us]): [number, number] => [share, us * US]);
    shape = quantileFunction(knots, (profile.totalMs * 1e6) / profile.kernels);
    shapes.set(profile, shape);
  }
  return shape;
}

/** Class of `fill` to which a kernel of `ns` belongs. */
function fillClass(ns: number): 0 | 1 | 2 {
  if (ns < 10 * US) return 0;
  return ns < 50 * US ? 1 : 2;
}

/** Draws a share with that mean. It is often 1 if the mean is high. */
function drawFill(mean: number, random: RandomStream): number {
  const drawn = random.next();
  if (mean <= 0.5) return 2 * mean * drawn;
  const full = 2 * mean - 1;
  return drawn < full ? 1 : (drawn - full) / (1 - full);
}

function drawLimit({ compute, unknown }: ClassFigures, share: number, random: RandomStream): number {
  const computes = compute[0] + (compute[1] - compute[0]) * share ** COMPUTE_POWER;
  const unknowns = unknown[0] + (unknown[1] - unknown[0]) * share;
  const drawn = random.next();
  if (drawn < computes) return 1;
  return drawn < computes + (1 - computes) * unknowns ? -1 : 0;
}

/**
 * Time of a thread block divided by the time of its kernel. One wave, unless the kernel fills the GPU. Source: choice.
 */
function drawBlockShare(occupancy: number, random: RandomStream): number {
  const drawn = random.next();
  return occupancy < 1 ? 0.8 + 0.2 * drawn : MAX_WAVES ** -drawn;
}
