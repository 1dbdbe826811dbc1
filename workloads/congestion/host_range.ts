/** The hosts `first` to `first + count - 1`. */
export function hostRange(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
