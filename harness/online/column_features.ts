/** Which numbers of an observation describe the context of a choice. */
export interface ColumnFeatures {
  /** Columns of the observation. */
  readonly columns: readonly number[];
  /** Columns of which also the squares and the products of two count; none by default. */
  readonly products?: readonly number[];
}

/** Numbers that `writeFeatures` writes. */
export function featureCount({ columns, products = [] }: ColumnFeatures): number {
  return columns.length + (products.length * (products.length + 1)) / 2 + 1;
}

/**
 * Writes the features of one row: columns, products, and 1 at last.
 *
 * @param offset where the row begins in the observation
 */
export function writeFeatures(
  { columns, products = [] }: ColumnFeatures,
  observation: ArrayLike<number>,
  offset: number,
  out: Float64Array,
): void {
  let at = 0;
  for (let i = 0; i < columns.length; i++) out[at++] = observation[offset + columns[i]];
  for (let i = 0; i < products.length; i++) {
    for (let j = 0; j <= i; j++) out[at++] = observation[offset + products[i]] * observation[offset + products[j]];
  }
  out[at] = 1;
}
