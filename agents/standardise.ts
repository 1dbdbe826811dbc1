/** Avoids a division by 0 when all values are equal. */
const EPSILON = 1e-8;

/** Scales the first `count` values to mean 0 and variance 1; to 0 when they are all equal. */
export function standardise(values: Float32Array | Float64Array, count = values.length): void {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += values[i];
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    squares += (values[i] - mean) ** 2;
  }
  const scale = 1 / (Math.sqrt(squares / count) + EPSILON);
  for (let i = 0; i < count; i++) {
    values[i] = (values[i] - mean) * scale;
  }
}
