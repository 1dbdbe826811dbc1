import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { RandomStream } from "../kernel/random.ts";
import type { MlpLayer } from "./mlp_layer.ts";
import { tfjs } from "./tfjs.ts";

/** The tensors that `Mlp.forwardTensors` keeps for `Mlp.backwardTensors`. */
export interface Trace {
  /** The input of each layer, [rows, layer inputs]. */
  inputs: Tensor2D[];
  weights: Tensor2D[];
  output: Tensor2D;
}

/**
 * A multilayer perceptron with ReLU between layers and a linear last layer, over a span of a flat parameter vector.
 *
 * It implements the same function twice: in typed arrays, to act on a few inputs, and in tfjs, to train on many. The
 * gradient is written out by hand. The automatic gradient of tfjs is slower: its gradient of matMul multiplies
 * transposed operands, for which the wasm backend has only a plain loop, and its tape does not use the fused ReLU.
 */
export class Mlp {
  /** Inputs, hidden sizes, outputs. */
  readonly sizes: readonly number[];
  /** Index of this network's first number in the parameter vector. */
  readonly offset: number;
  readonly parameterCount: number;
  /** From the input to the output. */
  readonly layers: readonly MlpLayer[];
  readonly #scratch: [Float32Array, Float32Array];

  /** @param sizes inputs, hidden sizes, outputs: at least two positive integers */
  constructor(sizes: readonly number[], offset = 0) {
    if (sizes.length < 2 || sizes.some((size) => !Number.isInteger(size) || size < 1)) {
      throw new RangeError(`layer sizes must be at least two positive integers, got [${sizes.join(", ")}]`);
    }
    this.sizes = [...sizes];
    this.offset = offset;
    const layers: MlpLayer[] = [];
    let next = offset;
    for (let i = 0; i + 1 < sizes.length; i++) {
      const inputs = sizes[i];
      const outputs = sizes[i + 1];
      const biases = next + inputs * outputs;
      layers.push({ inputs, outputs, weights: next, biases, relu: i + 2 < sizes.length });
      next = biases + outputs;
    }
    this.layers = layers;
    this.parameterCount = next - offset;
    const widest = Math.max(...sizes);
    this.#scratch = [new Float32Array(widest), new Float32Array(widest)];
  }

  /**
   * Orthogonal weights (Saxe et al. 2014; gain sqrt(2) before a ReLU) and zero biases.
   *
   * @param gains scales of the last layer's weights, one per output
   */
  initialise(parameters: Float32Array, random: RandomStream, gains: readonly number[]): void {
    for (const layer of this.layers) {
      const weights = orthogonal(layer.inputs, layer.outputs, random);
      for (let i = 0; i < weights.length; i++) {
        const gain = layer.relu ? Math.SQRT2 : gains[i % layer.outputs];
        parameters[layer.weights + i] = gain * weights[i];
      }
      parameters.fill(0, layer.biases, layer.biases + layer.outputs);
    }
  }

  /** The forward pass of one input: reads `input` at `inputOffset`, writes `output` at `outputOffset`. */
  forward(
    parameters: Float32Array,
    input: Float32Array,
    inputOffset: number,
    output: Float32Array,
    outputOffset: number,
  ): void {
    const last = this.layers.length - 1;
    let from = input;
    let fromOffset = inputOffset;
    for (let i = 0; i <= last; i++) {
      const to = i === last ? output : this.#scratch[i & 1];
      const toOffset = i === last ? outputOffset : 0;
      forwardLayer(this.layers[i], parameters, from, fromOffset, to, toOffset);
      from = to;
      fromOffset = 0;
    }
  }

  /**
   * The forward pass of many inputs, [inputs, numbers], on tfjs. The caller disposes (or tidies) the trace's tensors.
   */
  forwardTensors(parameters: Float32Array, x: Tensor2D): Trace {
    const tf = tfjs();
    const inputs: Tensor2D[] = [];
    const weights: Tensor2D[] = [];
    let output = x;
    for (const layer of this.layers) {
      const weight = tf.tensor2d(parameters.subarray(layer.weights, layer.biases), [layer.inputs, layer.outputs]);
      const bias = tf.tensor1d(parameters.subarray(layer.biases, layer.biases + layer.outputs));
      inputs.push(output);
      weights.push(weight);
      const activation = layer.relu ? "relu" : "linear";
      output = tf.fused.matMul({ a: output, b: weight, bias, activation }) as Tensor2D;
    }
    return { inputs, weights, output };
  }

  /**
   * The gradient of a loss with respect to the parameters, from its gradient with respect to the output. Writes this
   * network's span of `gradient`.
   * Call inside `tf.tidy`.
   */
  backwardTensors(trace: Trace, outputGradient: Tensor2D, gradient: Float32Array): void {
    const tf = tfjs();
    const ones: Tensor2D = tf.ones([1, outputGradient.shape[0]]);
    let dOutput = outputGradient;
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i];
      const input = trace.inputs[i];
      gradient.set(tf.matMul(tf.transpose(input), dOutput).dataSync<"float32">(), layer.weights);
      // A matrix product computes the sum over inputs: on wasm, tfjs's sum over the first axis is several times slower.
      gradient.set(tf.matMul(ones, dOutput).dataSync<"float32">(), layer.biases);
      if (i > 0) {
        const dInput = tf.matMul(dOutput, tf.transpose(trace.weights[i]));
        dOutput = tf.mul(dInput, tf.step(input));
      }
    }
  }
}

/** Computes four outputs at a time: each input is read once for the four, and the sums stay in registers. */
function forwardLayer(
  layer: MlpLayer,
  parameters: Float32Array,
  from: Float32Array,
  fromOffset: number,
  to: Float32Array,
  toOffset: number,
): void {
  const { inputs, outputs, weights, biases, relu } = layer;
  let j = 0;
  for (; j + 4 <= outputs; j += 4) {
    let a = parameters[biases + j];
    let b = parameters[biases + j + 1];
    let c = parameters[biases + j + 2];
    let d = parameters[biases + j + 3];
    let w = weights + j;
    for (let i = 0; i < inputs; i++) {
      const x = from[fromOffset + i];
      a += x * parameters[w];
      b += x * parameters[w + 1];
      c += x * parameters[w + 2];
      d += x * parameters[w + 3];
      w += outputs;
    }
    to[toOffset + j] = relu && a < 0 ? 0 : a;
    to[toOffset + j + 1] = relu && b < 0 ? 0 : b;
    to[toOffset + j + 2] = relu && c < 0 ? 0 : c;
    to[toOffset + j + 3] = relu && d < 0 ? 0 : d;
  }
  for (; j < outputs; j++) {
    let a = parameters[biases + j];
    for (let i = 0, w = weights + j; i < inputs; i++, w += outputs) {
      a += from[fromOffset + i] * parameters[w];
    }
    to[toOffset + j] = relu && a < 0 ? 0 : a;
  }
}

/**
 * A random `rows` x `columns` matrix, row-major, with orthonormal columns (or rows, if there are fewer rows):
 * Gram-Schmidt on normal draws.
 */
function orthogonal(rows: number, columns: number, random: RandomStream): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = new Float64Array(length).map(() => random.normal());
    // Two passes, because rounding in the first leaves a component along the earlier vectors.
    for (const earlier of [...basis, ...basis]) {
      let projection = 0;
      for (let i = 0; i < length; i++) {
        projection += vector[i] * earlier[i];
      }
      for (let i = 0; i < length; i++) {
        vector[i] -= projection * earlier[i];
      }
    }
    const norm = Math.hypot(...vector);
    if (norm > 1e-6) {
      basis.push(vector.map((value) => value / norm));
    }
  }
  const matrix = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      matrix[r * columns + c] = rows >= columns ? basis[c][r] : basis[r][c];
    }
  }
  return matrix;
}
