import { shuffle } from "../../agents/shuffle.ts";
import {
  forwardLayer,
  KML_CLASSES,
  KML_SIZES,
  KmlNetwork,
  type KmlWeights,
  logistic,
} from "../../baselines/readahead/kml_network.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import { writeWhole } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import { kmlSamples } from "./kml_streams.ts";

/** Step size and momentum. Source: KML's training. */
const LEARNING_RATE = 0.01;
const MOMENTUM = 0.99;

/** Samples per gradient step. Source: choice. */
const BATCH = 32;

/** Held-out streams of each class for the accuracy. Their seeds follow the training seeds. */
const HELD_OUT = 40;

/** Options of the training of KML's classifier. */
export interface TrainKmlOptions {
  /** Seed of the streams, the initial weights and the order of samples. Default 1. */
  seed?: number;
  /** Training streams of each class. Default 100. */
  streams?: number;
  /** Passes over the samples. Default 60. */
  epochs?: number;
  onEpoch?: (epoch: number, loss: number) => void;
}

/** A trained classifier and the facts of its training. */
export interface TrainedKml extends KmlWeights {
  readonly seed: number;
  readonly streams: number;
  readonly epochs: number;
  /** Number of training samples. */
  readonly samples: number;
  /** Share of the held-out samples that are classified correctly, in total and by class. */
  readonly accuracy: number;
  readonly accuracyByClass: Readonly<Record<string, number>>;
}

interface Sample {
  readonly features: Float64Array;
  readonly kind: number;
}

/** Trains KML's classifier on streams of its four classes: cross-entropy, stochastic gradient descent with momentum. */
export function trainKml({ seed = 1, streams = 100, epochs = 60, onEpoch }: TrainKmlOptions = {}): TrainedKml {
  const firstSeed = seed * 10_000;
  const samples = samplesOf(firstSeed, streams);
  const { mean, std } = standardise(samples);
  const random = randomStream(seed, "readahead/kml-training");
  const layers = train(samples, epochs, random, onEpoch);
  const weights = { mean, std, layers };
  const heldOut = samplesOf(firstSeed + streams, HELD_OUT);
  const { accuracy, byClass } = kmlAccuracy(weights, heldOut);
  return { seed, streams, epochs, samples: samples.length, accuracy, accuracyByClass: byClass, ...weights };
}

/** Share of samples that a classifier gets right, in total and by class. */
export function kmlAccuracy(weights: KmlWeights, samples: readonly Sample[]) {
  const network = new KmlNetwork(weights);
  const right = KML_CLASSES.map(() => 0);
  const all = KML_CLASSES.map(() => 0);
  for (const { features, kind } of samples) {
    all[kind]++;
    if (network.classify(features) === kind) right[kind]++;
  }
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  return {
    accuracy: sum(right) / sum(all),
    byClass: Object.fromEntries(KML_CLASSES.map((name, kind) => [name, right[kind] / all[kind]])),
  };
}

/** Samples from `streams` streams of each class, with seeds from `firstSeed` on. */
export function samplesOf(firstSeed: number, streams: number): Sample[] {
  const samples: Sample[] = [];
  for (let seed = firstSeed; seed < firstSeed + streams; seed++) {
    for (let kind = 0; kind < KML_CLASSES.length; kind++) {
      for (const features of kmlSamples(kind, seed)) samples.push({ features, kind });
    }
  }
  return samples;
}

/** Replaces the samples' features by z-scores. Returns mean and standard deviation of each feature. */
function standardise(samples: Sample[]): { mean: number[]; std: number[] } {
  const size = KML_SIZES[0];
  const mean = new Array<number>(size).fill(0);
  const std = new Array<number>(size).fill(0);
  for (const { features } of samples) for (let i = 0; i < size; i++) mean[i] += features[i] / samples.length;
  for (const { features } of samples) {
    for (let i = 0; i < size; i++) std[i] += (features[i] - mean[i]) ** 2 / samples.length;
  }
  for (let i = 0; i < size; i++) std[i] = Math.sqrt(std[i]);
  for (const { features } of samples) {
    for (let i = 0; i < size; i++) features[i] = (features[i] - mean[i]) / std[i];
  }
  return { mean, std };
}

/** A layer during training. */
interface Layer {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly weightsStep: Float64Array;
  readonly biasStep: Float64Array;
  readonly weightsGradient: Float64Array;
  readonly biasGradient: Float64Array;
}

function createLayer(inputs: number, outputs: number, random: RandomStream): Layer {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return {
    weights: Float64Array.from({ length: inputs * outputs }, () => random.uniform(-limit, limit)),
    bias: new Float64Array(outputs),
    weightsStep: new Float64Array(inputs * outputs),
    biasStep: new Float64Array(outputs),
    weightsGradient: new Float64Array(inputs * outputs),
    biasGradient: new Float64Array(outputs),
  };
}

function train(
  samples: readonly Sample[],
  epochs: number,
  random: RandomStream,
  onEpoch?: (epoch: number, loss: number) => void,
): { weights: number[]; bias: number[] }[] {
  const layers = KML_SIZES.slice(1).map((size, i) => createLayer(KML_SIZES[i], size, random));
  const values = KML_SIZES.map((size) => new Float64Array(size));
  const errors = KML_SIZES.map((size) => new Float64Array(size));
  const order = Int32Array.from(samples, (_, i) => i);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(order, random);
    let loss = 0;
    for (let start = 0; start < order.length; start += BATCH) {
      const end = Math.min(order.length, start + BATCH);
      for (let at = start; at < end; at++) loss += backpropagate(samples[order[at]], layers, values, errors);
      for (const layer of layers) {
        step(layer.weights, layer.weightsStep, layer.weightsGradient, end - start);
        step(layer.bias, layer.biasStep, layer.biasGradient, end - start);
      }
    }
    onEpoch?.(epoch, loss / order.length);
  }
  return layers.map(({ weights, bias }) => ({ weights: [...weights], bias: [...bias] }));
}

/** Adds the gradients of one sample. Returns its cross-entropy. */
function backpropagate(
  { features, kind }: Sample,
  layers: readonly Layer[],
  values: readonly Float64Array[],
  errors: readonly Float64Array[],
): number {
  const last = layers.length;
  values[0].set(features);
  for (const [i, { weights, bias }] of layers.entries()) {
    forwardLayer(values[i], weights, bias, values[i + 1]);
    if (i + 1 < last) logistic(values[i + 1]);
  }
  const scores = values[last];
  const top = Math.max(...scores);
  let sum = 0;
  for (let o = 0; o < scores.length; o++) sum += Math.exp(scores[o] - top);
  for (let o = 0; o < scores.length; o++) {
    errors[last][o] = Math.exp(scores[o] - top) / sum - (o === kind ? 1 : 0);
  }
  for (let l = last - 1; l >= 0; l--) {
    const { weights, weightsGradient, biasGradient } = layers[l];
    const input = values[l];
    const inputError = errors[l].fill(0);
    for (let o = 0; o < biasGradient.length; o++) {
      const error = errors[l + 1][o];
      biasGradient[o] += error;
      for (let i = 0; i < input.length; i++) {
        weightsGradient[o * input.length + i] += error * input[i];
        inputError[i] += error * weights[o * input.length + i];
      }
    }
    if (l > 0) for (let i = 0; i < input.length; i++) inputError[i] *= input[i] * (1 - input[i]);
  }
  return Math.log(sum) - (scores[kind] - top);
}

function step(values: Float64Array, steps: Float64Array, gradient: Float64Array, samples: number): void {
  for (let i = 0; i < values.length; i++) {
    steps[i] = MOMENTUM * steps[i] - (LEARNING_RATE * gradient[i]) / samples;
    values[i] += steps[i];
  }
  gradient.fill(0);
}

/** Writes a classifier to `file`, with weights of six significant digits. Throws a UsageError if it cannot. */
export function writeKml(trained: TrainedKml, file: string): void {
  const round = (_key: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);
  try {
    writeWhole(file, `${JSON.stringify(trained, round, 2)}\n`);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}
