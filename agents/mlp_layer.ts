/** One layer, and where its numbers are in the flat parameter vector. */
export interface MlpLayer {
  inputs: number;
  outputs: number;
  /** Offset of the weights, `inputs` x `outputs`, row-major. */
  weights: number;
  /** Offset of the biases, `outputs`. */
  biases: number;
  /** Whether negative outputs become 0. */
  relu: boolean;
}
