/** The numbers of an observation that describe the context of a choice. */
export interface ColumnFeatures {
  /** Columns of the observation that are features. */
  readonly columns: readonly number[];
  /** Columns whose squares and pairwise products are features, too. Default: none. */
  readonly products?: readonly number[];
}

/** Number of features that `writeFeatures` writes. */
export function featureCount({ columns, products = [] }: ColumnFeatures): number {
  return columns.length + (products.length * (products.length + 1)) / 2 + 1;
}

/**
 * Writes the features of one row: columns, then products, then a constant 1.
 *
 * @param offset index in the observation at which the row begins
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

/**
 * Numbers of columns by what they hold, so that code names columns instead of counting them.
 *
 * @param columns what every column holds, in their order
 */
export function columnNumbers<Name extends string>(columns: readonly Name[], ...wanted: readonly Name[]): number[] {
  return wanted.map((name) => columns.indexOf(name));
}
