/**
 * Copies the state of an object to another object of the same class: numbers and booleans by value, typed arrays as
 * copies. Other properties (objects, maps) are not changed.
 */
export function copyState<Target extends object>(from: Target, to: Target): void {
  const source = from as Record<string, unknown>;
  const target = to as Record<string, unknown>;
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (typeof value === "number" || typeof value === "boolean") target[key] = value;
    else if (ArrayBuffer.isView(value)) target[key] = (value as Float64Array).slice();
  }
}

/** Returns a copy of a typed array with at least `length` elements. New elements are 0. */
export function grown<Numbers extends Float64Array | Int32Array | Uint8Array>(array: Numbers, length: number): Numbers {
  const Constructor = array.constructor as new (length: number) => Numbers;
  const longer = new Constructor(length);
  longer.set(array);
  return longer;
}
