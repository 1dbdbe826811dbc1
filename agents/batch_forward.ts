import type { Mlp } from "./mlp.ts";
import type { MlpLayer } from "./mlp_layer.ts";

/**
 * The forward pass of a perceptron over several inputs at once, in typed arrays. The inputs are the rows of a matrix,
 * of which a mask may select some. It computes the same function as `Mlp.forward` on each selected row, in less time:
 * it reads the weights once per two rows, and computes only once what columns with equal values in all selected rows
 * add to the first layer.
 *
 * It works on 64-bit copies: every number is used many times, and each use of a 32-bit number would convert it.
 */
export class BatchForward {
  readonly #mlp: Mlp;
  readonly #rows: number;
  /** Indices of the selected rows. */
  readonly #chosen: Int32Array;
  /** Current layer: indices of the input columns that differ between rows. */
  readonly #columns: Int32Array;
  /** Current layer: the weights of these columns in the order in which `multiply` reads them. */
  readonly #weights: Float64Array;
  /** Current layer: the part of the outputs that is equal for all rows. */
  readonly #common: Float64Array;
  /** Input and output of a layer, row-major: only the columns in `#columns`. */
  readonly #buffers: [Float64Array, Float64Array];

  constructor(mlp: Mlp, rows: number) {
    const widest = Math.max(...mlp.sizes);
    this.#mlp = mlp;
    this.#rows = rows;
    this.#chosen = new Int32Array(rows);
    this.#columns = new Int32Array(widest);
    this.#weights = new Float64Array(Math.max(...mlp.layers.map(({ inputs, outputs }) => inputs * outputs)));
    this.#common = new Float64Array(widest);
    this.#buffers = [new Float64Array(rows * widest), new Float64Array(rows * widest)];
  }

  /**
   * Reads the rows one after another from `inputOffset` on, and writes their outputs in the same way from
   * `outputOffset` on.
   *
   * @param mask selects rows: 1 or 0 for each, from `maskOffset` on; null selects all. The outputs of the other rows
   *   stay unchanged.
   */
  forward(
    parameters: Float32Array,
    input: Float32Array,
    inputOffset: number,
    output: Float32Array,
    outputOffset: number,
    mask: Uint8Array | null = null,
    maskOffset = 0,
  ): void {
    const rows = this.#chooseRows(mask, maskOffset);
    if (rows === 0) return;
    const { layers } = this.#mlp;
    const columns = this.#columns;
    for (let i = 0; i < layers.length; i++) {
      const layer = layers[i];
      const from = this.#buffers[i & 1];
      const { inputs, outputs, biases } = layer;
      for (let j = 0; j < outputs; j++) {
        this.#common[j] = parameters[biases + j];
      }
      let varying = inputs;
      if (i === 0) {
        varying = this.#splitColumns(rows, layer, parameters, input, inputOffset);
        copyColumns(this.#chosen, rows, inputs, columns, varying, input, inputOffset, from);
      } else {
        for (let column = 0; column < inputs; column++) {
          columns[column] = column;
        }
      }
      packWeights(layer, parameters, columns, varying, this.#weights);
      multiply(rows, varying, layer, this.#weights, this.#common, from, this.#buffers[(i + 1) & 1]);
    }
    const last = this.#buffers[layers.length & 1];
    const { outputs } = layers[layers.length - 1];
    for (let i = 0; i < rows; i++) {
      const to = outputOffset + this.#chosen[i] * outputs;
      for (let j = 0; j < outputs; j++) {
        output[to + j] = last[i * outputs + j];
      }
    }
  }

  /** Lists the selected rows; returns their number. */
  #chooseRows(mask: Uint8Array | null, offset: number): number {
    let count = 0;
    for (let row = 0; row < this.#rows; row++) {
      if (mask !== null && mask[offset + row] === 0) continue;
      this.#chosen[count] = row;
      count += 1;
    }
    return count;
  }

  /**
   * Adds the contribution of columns with equal values to `#common`; lists the other columns and returns their number.
   */
  #splitColumns(
    rows: number,
    { inputs, outputs, weights }: MlpLayer,
    parameters: Float32Array,
    input: Float32Array,
    offset: number,
  ): number {
    const common = this.#common;
    const chosen = this.#chosen;
    const first = offset + chosen[0] * inputs;
    let varying = 0;
    for (let column = 0; column < inputs; column++) {
      const x = input[first + column];
      let row = 1;
      while (row < rows && input[offset + chosen[row] * inputs + column] === x) {
        row += 1;
      }
      if (row < rows) {
        this.#columns[varying] = column;
        varying += 1;
        continue;
      }
      const w = weights + column * outputs;
      for (let j = 0; j < outputs; j++) {
        common[j] += x * parameters[w + j];
      }
    }
    return varying;
  }
}

function copyColumns(
  chosen: Int32Array,
  rows: number,
  inputs: number,
  columns: Int32Array,
  varying: number,
  from: Float32Array,
  offset: number,
  to: Float64Array,
): void {
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const first = offset + chosen[row] * inputs;
    for (let k = 0; k < varying; k++) {
      to[at] = from[first + columns[k]];
      at += 1;
    }
  }
}

/** Packs the weights of four outputs together, column by column; then those of the remaining outputs, one by one. */
function packWeights(
  { outputs, weights }: MlpLayer,
  parameters: Float32Array,
  columns: Int32Array,
  varying: number,
  packed: Float64Array,
): void {
  let at = 0;
  let j = 0;
  for (; j + 4 <= outputs; j += 4) {
    for (let k = 0; k < varying; k++) {
      const w = weights + columns[k] * outputs + j;
      packed[at] = parameters[w];
      packed[at + 1] = parameters[w + 1];
      packed[at + 2] = parameters[w + 2];
      packed[at + 3] = parameters[w + 3];
      at += 4;
    }
  }
  for (; j < outputs; j++) {
    for (let k = 0; k < varying; k++) {
      packed[at] = parameters[weights + columns[k] * outputs + j];
      at += 1;
    }
  }
}

/** Two rows and four outputs at a time: the eight sums stay in registers. */
function multiply(
  rows: number,
  inputs: number,
  { outputs, relu }: MlpLayer,
  weights: Float64Array,
  common: Float64Array,
  from: Float64Array,
  to: Float64Array,
): void {
  const floor = relu ? 0 : Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row += 2) {
    // The last row of an odd number is computed twice.
    const second = row + 1 < rows ? 1 : 0;
    const x = row * inputs;
    const y = x + second * inputs;
    const t = row * outputs;
    const u = t + second * outputs;
    let w = 0;
    let j = 0;
    for (; j + 4 <= outputs; j += 4) {
      let a = common[j];
      let b = common[j + 1];
      let c = common[j + 2];
      let d = common[j + 3];
      let e = a;
      let f = b;
      let g = c;
      let h = d;
      for (let k = 0; k < inputs; k++) {
        const p = from[x + k];
        const q = from[y + k];
        const w0 = weights[w];
        const w1 = weights[w + 1];
        const w2 = weights[w + 2];
        const w3 = weights[w + 3];
        w += 4;
        a += p * w0;
        b += p * w1;
        c += p * w2;
        d += p * w3;
        e += q * w0;
        f += q * w1;
        g += q * w2;
        h += q * w3;
      }
      to[t + j] = a < floor ? floor : a;
      to[t + j + 1] = b < floor ? floor : b;
      to[t + j + 2] = c < floor ? floor : c;
      to[t + j + 3] = d < floor ? floor : d;
      to[u + j] = e < floor ? floor : e;
      to[u + j + 1] = f < floor ? floor : f;
      to[u + j + 2] = g < floor ? floor : g;
      to[u + j + 3] = h < floor ? floor : h;
    }
    for (; j < outputs; j++) {
      let a = common[j];
      let e = a;
      for (let k = 0; k < inputs; k++) {
        a += from[x + k] * weights[w];
        e += from[y + k] * weights[w];
        w += 1;
      }
      to[t + j] = a < floor ? floor : a;
      to[u + j] = e < floor ? floor : e;
    }
  }
}
