/** Whether JSON can hold `value` without loss: null, booleans, strings, finite numbers, arrays and objects of those. */
export function isPlainData(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object": {
      if (value === null) {
        return true;
      }
      const prototype = Object.getPrototypeOf(value);
      const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
      return plain && Object.values(value).every(isPlainData);
    }
    default:
      return false;
  }
}
