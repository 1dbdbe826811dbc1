import { KML_FEATURES } from "./kml_window.ts";

/** Classes of the classifier, in the order of its outputs. */
export const KML_CLASSES = ["random read", "random read and write", "sequential", "reverse"] as const;

/**
 * Sizes of the layers: inputs, two hidden layers and outputs. Source: the layer shapes that KML ships for readahead.
 */
export const KML_SIZES = [KML_FEATURES.length, 15, 5, KML_CLASSES.length] as const;

/** A trained classifier as its file stores it. */
export interface KmlWeights {
  /** `[features]` mean and standard deviation of each feature on the training streams. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Each layer's weights, `[outputs * inputs]` row-major, and biases, `[outputs]`. */
  readonly layers: readonly { readonly weights: readonly number[]; readonly bias: readonly number[] }[];
}

/**
 * The classifier: z-scores, then three linear layers with the logistic function between them. The largest output wins.
 */
export class KmlNetwork {
  readonly #mean: Float64Array;
  readonly #std: Float64Array;
  readonly #layers: readonly { readonly weights: Float64Array; readonly bias: Float64Array }[];
  readonly #values = KML_SIZES.map((size) => new Float64Array(size));

  /** @throws RangeError when the sizes of the weights are not those of `KML_SIZES` */
  constructor({ mean, std, layers }: KmlWeights) {
    const sizes = [mean.length, ...layers.map(({ bias }) => bias.length)];
    const fits = layers.every(({ weights, bias }, i) => weights.length === bias.length * KML_SIZES[i]);
    if (!fits || std.length !== mean.length || sizes.join() !== KML_SIZES.join()) {
      throw new RangeError(`expected a classifier with layers of ${KML_SIZES.join(", ")}, got ${sizes.join(", ")}`);
    }
    this.#mean = Float64Array.from(mean);
    this.#std = Float64Array.from(std);
    this.#layers = layers.map(({ weights, bias }) => ({
      weights: Float64Array.from(weights),
      bias: Float64Array.from(bias),
    }));
  }

  /** The class of `features` (`[5]`, see `KML_FEATURES`), as an index in `KML_CLASSES`. */
  classify(features: Float64Array): number {
    const values = this.#values;
    for (let i = 0; i < features.length; i++) values[0][i] = (features[i] - this.#mean[i]) / this.#std[i];
    for (const [i, { weights, bias }] of this.#layers.entries()) {
      forwardLayer(values[i], weights, bias, values[i + 1]);
      if (i < this.#layers.length - 1) logistic(values[i + 1]);
    }
    const scores = values[values.length - 1];
    let best = 0;
    for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
    return best;
  }
}

/** `output = weights input + bias`; weights `[outputs * inputs]` row-major. */
export function forwardLayer(input: Float64Array, weights: Float64Array, bias: Float64Array, output: Float64Array) {
  for (let o = 0; o < output.length; o++) {
    let sum = bias[o];
    for (let i = 0; i < input.length; i++) sum += weights[o * input.length + i] * input[i];
    output[o] = sum;
  }
}

/** The logistic function, in place. */
export function logistic(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]));
}
