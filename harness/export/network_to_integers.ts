import { median } from "d3-array";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { OBSERVATION_CLIP } from "../../agents/observations.ts";
import type { RunningMoments } from "../../gym/running_moments.ts";
import { alternatives, type Box, Discrete } from "../../gym/spaces.ts";
import { MOST_INT32, MOST_VALUE, shiftFor } from "./fixed_point.ts";
import { fixedValues } from "./fixed_values.ts";
import {
  activate,
  type FixedAction,
  type FixedFeature,
  type IntegerLayer,
  type IntegerNetwork,
  isRead,
  saturate,
  sumsOf,
} from "./integer_policy.ts";
import { type RealLayer, realNetwork } from "./real_layers.ts";
import type { Recording } from "./recording.ts";

/** Bits of a weight, with its sign. */
export type WeightBits = 8 | 16;

/** Most fractional bits of a continuous action: its step is then 0.001. Source: choice, finer than any knob here. */
const ACTION_SHIFT = 10;

/** Most bits that an output of the last layer is shifted by, so that the half that rounds it fits its sum. */
const MOST_SHIFT = 24;

/** Variance of a feature below which it never changed in the training. Source: choice, the square of 0.0001. */
const LEAST_VARIANCE = 1e-8;

/** Least room on each side of the recorded range of a feature. Source: choice; observations are of the order of 1. */
const ROOM = 1;

/** Room above the greatest recorded activation of a unit. Source: choice. */
const ACTIVATION_ROOM = 4;

/** Most activations of a layer that are looked at. Source: choice. */
const MOST_LOOKED_AT = 8192;

/**
 * Turns a trained network into integers. The normaliser becomes part of the first layer. Every unit has a scale of its
 * own: as large as its weights and 32-bit sums allow for every input, so that no sum can overflow. The next layer's
 * weights take it back.
 *
 * @param names what each feature is
 * @param recording decisions on the training split: the ranges of features, and of the units inside
 */
export function networkToIntegers(
  policy: NetworkPolicy,
  names: readonly string[],
  recording: Recording,
  bits: WeightBits,
): IntegerNetwork {
  const { observationSpace, actionSpace, normaliser } = policy;
  const { layers: real, candidates, maskSize } = realNetwork(policy);
  const features = names.map((name, i) => fixedFeature(name, recording, normaliser, observationSpace as Box, i));
  real[0] = foldFeatures(real[0], features, normaliser);
  const last = real.length - 1;
  if (actionSpace.kind === "box") scaleOutputs(real[last], actionSpace as Box);
  const counts = alternatives(actionSpace);
  const network = { kind: "network" as const, features, candidates, maskSize };
  let inputs = inputsOfFirst(network, recording);
  let limits = Float64Array.from(features.filter(isRead), ({ low, high }) => Math.max(-low, high));
  const layers: IntegerLayer[] = [];
  for (const [i, layer] of real.entries()) {
    const free = scalesOf(layer, limits, bits);
    if (i === last) {
      const { integers, action } = finish(layer, free, counts, actionSpace as Box | Discrete);
      return { ...network, layers: [...layers, integers], action };
    }
    const scales = free.map((scale) => (Number.isFinite(scale) ? scale : 1));
    const integers = integersOf(layer, scales);
    layers.push(integers);
    const all = inputs.map((x) => sumsOf(integers, x));
    chooseShifts(integers, scales, all);
    inputs = all.map((sums) => activate(sums, integers.shifts));
    foldScales(real[i + 1], integers.shifts, scales);
    limits = new Float64Array(integers.outputs).fill(MOST_VALUE);
  }
  throw new RangeError("a network has at least one layer");
}

/**
 * The scale of a feature, and the range to which it saturates: that of the normaliser where there is one, which knows
 * the whole training, else the recorded one with room on both sides.
 */
function fixedFeature(
  name: string,
  { low, high, shared }: Recording,
  normaliser: RunningMoments | null,
  space: Box,
  i: number,
): FixedFeature {
  const recorded = { low: low[i], high: high[i] };
  const width = recorded.high - recorded.low;
  const reach = normaliser === null ? 0 : OBSERVATION_CLIP / normaliser.scale(i);
  // Only a feature that was the same in the training, too, is folded.
  const fixed = width === 0 && (normaliser === null || normaliser.variance[i] < LEAST_VARIANCE);
  const [from, to] = fixed
    ? [recorded.low, recorded.low]
    : normaliser === null
      ? [recorded.low - Math.max(width, ROOM), recorded.high + Math.max(width, ROOM)]
      : [normaliser.mean[i] - reach, normaliser.mean[i] + reach];
  const least = Math.max(from, space.low[i]);
  const most = Math.min(to, space.high[i]);
  const shift = shiftFor(Math.max(Math.abs(least), Math.abs(most)));
  return {
    name,
    shift,
    low: Math.round(least * 2 ** shift),
    high: Math.round(most * 2 ** shift),
    shared: shared[i] === 1,
    recorded,
  };
}

/** The first layer over saturated features. Normaliser, scales and features that never change become part of it. */
function foldFeatures(
  layer: RealLayer,
  features: readonly FixedFeature[],
  normaliser: RunningMoments | null,
): RealLayer {
  const { outputs } = layer;
  const biases = layer.biases.slice();
  const weights: number[] = [];
  for (const [i, feature] of features.entries()) {
    const scale = normaliser?.scale(i) ?? 1;
    const mean = normaliser?.mean[i] ?? 0;
    const step = 2 ** -feature.shift;
    for (let j = 0; j < outputs; j++) {
      const weight = layer.weights[i * outputs + j] * scale;
      biases[j] += isRead(feature) ? -mean * weight : (feature.low * step - mean) * weight;
      if (isRead(feature)) weights.push(weight * step);
    }
  }
  return { inputs: weights.length / outputs, outputs, weights: Float64Array.from(weights), biases };
}

/** Makes the outputs actions: where a dimension has both bounds, 1 stands for half its range and 0 for its middle. */
function scaleOutputs({ outputs, weights, biases }: RealLayer, { low, high }: Box): void {
  for (let j = 0; j < outputs; j++) {
    if (!Number.isFinite(low[j]) || !Number.isFinite(high[j])) continue;
    const half = (high[j] - low[j]) / 2;
    for (let at = j; at < weights.length; at += outputs) weights[at] *= half;
    biases[j] = (low[j] + high[j]) / 2 + half * biases[j];
  }
}

/**
 * The largest scale of each output with which its weights have so many bits and its sum fits 32, whatever the inputs;
 * Infinity for an output that is always 0.
 *
 * @param limits greatest magnitude of each input
 */
function scalesOf(
  { inputs, outputs, weights, biases }: RealLayer,
  limits: Float64Array,
  bits: WeightBits,
): Float64Array {
  const most = 2 ** (bits - 1) - 1;
  return Float64Array.from({ length: outputs }, (_, j) => {
    let largest = 0;
    let reach = Math.abs(biases[j]);
    let rounding = 2 ** MOST_SHIFT;
    for (let i = 0; i < inputs; i++) {
      const weight = Math.abs(weights[i * outputs + j]);
      largest = Math.max(largest, weight);
      reach += weight * limits[i];
      rounding += limits[i] / 2;
    }
    return Math.min(most / largest, (MOST_INT32 - rounding) / reach);
  });
}

/**
 * Scales of outputs that are compared with each other, or put out: powers of two, so that shifts bring them to one
 * scale, and none so large that it takes a longer shift than is possible.
 */
function evenScales(scales: Float64Array): Float64Array {
  const finite = scales.filter(Number.isFinite);
  const least = finite.length === 0 ? 1 : 2 ** Math.floor(Math.log2(Math.min(...finite)));
  return scales.map((scale) =>
    Number.isFinite(scale) ? 2 ** Math.floor(Math.log2(Math.min(scale, least * 2 ** MOST_SHIFT))) : least,
  );
}

/** A layer's weights and biases as integers. */
function integersOf({ inputs, outputs, weights, biases }: RealLayer, scales: Float64Array): IntegerLayer {
  return {
    inputs,
    outputs,
    weights: Int16Array.from(weights, (weight, at) => Math.round(weight * scales[at % outputs])),
    biases: Int32Array.from(biases, (bias, j) => Math.round(bias * scales[j])),
    shifts: new Uint8Array(outputs),
  };
}

/**
 * Chooses the shifts of a hidden layer, so that the recorded activations use 15 bits and have room. A unit that was
 * never active gets the range that is usual in its layer: a wider one would make its weights in the next layer so large
 * that the others vanish beside them.
 */
function chooseShifts(layer: IntegerLayer, scales: Float64Array, sums: readonly Int32Array[]): void {
  const most = new Float64Array(layer.outputs);
  for (const sum of sums) {
    for (let j = 0; j < layer.outputs; j++) most[j] = Math.max(most[j], sum[j]);
  }
  const usual = median(most.map((sum, j) => sum / scales[j]).filter((value) => value > 0)) ?? 1;
  for (let j = 0; j < layer.outputs; j++) {
    const reach = ACTIVATION_ROOM * (most[j] > 0 ? most[j] : usual * scales[j]);
    setShift(layer, j, Math.min(16, Math.max(0, Math.ceil(Math.log2(reach / MOST_VALUE)))));
  }
}

/** Sets the shift of an output, and makes it round. */
function setShift({ biases, shifts }: IntegerLayer, output: number, shift: number): void {
  shifts[output] = shift;
  if (shift > 0) biases[output] += 2 ** (shift - 1);
}

/** Divides a layer's weights by the scales of its inputs. */
function foldScales({ outputs, weights }: RealLayer, shifts: Uint8Array, scales: Float64Array): void {
  for (let at = 0; at < weights.length; at++) {
    const i = Math.floor(at / outputs);
    weights[at] *= 2 ** shifts[i] / scales[i];
  }
}

/** The last layer and the action: its outputs at the action's scale, or those of each choice at one scale. */
function finish(
  layer: RealLayer,
  free: Float64Array,
  counts: readonly number[] | null,
  space: Box | Discrete,
): { integers: IntegerLayer; action: FixedAction } {
  if (counts === null) {
    const { low, high } = space as Box;
    // The bits of the action limit the scale.
    const scales = evenScales(free.map((scale) => Math.min(scale, 2 ** (MOST_SHIFT + ACTION_SHIFT))));
    const integers = integersOf(layer, scales);
    const shift = Math.max(0, Math.min(ACTION_SHIFT, ...scales.map(Math.log2)));
    for (const [j, scale] of scales.entries()) setShift(integers, j, Math.log2(scale) - shift);
    const bound = (round: (value: number) => number) => (value: number) =>
      Number.isFinite(value) ? round(value * 2 ** shift) : null;
    const action = { low: Array.from(low, bound(Math.ceil)), high: Array.from(high, bound(Math.floor)) };
    return { integers, action: { kind: "box", shift, ...action } };
  }
  // All candidates of a scorer share its only output.
  const scales = new Float64Array(layer.outputs);
  const groups = layer.outputs === 1 ? [1] : counts;
  let first = 0;
  for (const count of groups) {
    scales.set(evenScales(free.subarray(first, first + count)), first);
    first += count;
  }
  const integers = integersOf(layer, scales);
  first = 0;
  for (const count of groups) {
    const least = Math.min(...scales.subarray(first, first + count));
    for (let j = first; j < first + count; j++) setShift(integers, j, Math.log2(scales[j] / least));
    first += count;
  }
  return { integers, action: { kind: "choices", counts, start: space instanceof Discrete ? space.start : 0 } };
}

/** What the first layer reads in recorded decisions, an entry for each line of the matrix that was allowed. */
function inputsOfFirst(
  { features, candidates, maskSize }: Pick<IntegerNetwork, "features" | "candidates" | "maskSize">,
  recording: Recording,
): Int32Array[] {
  const shape = { features, candidates, maskSize };
  const all: Int32Array[] = [];
  const stride = Math.ceil((recording.count * candidates) / MOST_LOOKED_AT);
  for (let decision = 0; decision < recording.count; decision += stride) {
    const values = fixedValues(shape, recording, decision);
    for (let candidate = 0; candidate < candidates; candidate++) {
      if (candidates > 1 && values[candidates * features.length + candidate] === 0) continue;
      all.push(saturate(features, values, candidate));
    }
  }
  return all;
}
