/** Throws a RangeError unless `index` is a window of the workload. */
export function assertWindow(workload: { readonly name: string; readonly windows: number }, index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= workload.windows) {
    throw new RangeError(
      `window of ${workload.name} must be a whole number from 0 to ${workload.windows - 1}, got ${index}`,
    );
  }
}
