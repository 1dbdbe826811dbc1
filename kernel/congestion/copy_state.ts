/**
 * Copies the state of one object to another of the same class: numbers and booleans as they are, typed arrays as copies.
 * What else it has (other objects, maps) is left alone.
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

/** A typed array of at least `length` numbers with the same beginning; what is new is 0. */
export function grown<Numbers extends Float64Array | Int32Array | Uint8Array>(array: Numbers, length: number): Numbers {
  const Constructor = array.constructor as new (length: number) => Numbers;
  const longer = new Constructor(length);
  longer.set(array);
  return longer;
}
