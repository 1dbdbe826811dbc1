import type * as Tfjs from "@tensorflow/tfjs-core";

let loaded: typeof Tfjs | null = null;

/** Loads tfjs, once for the process. Only training needs it; to load it takes longer than to step an environment. */
export async function loadTfjs(): Promise<typeof Tfjs> {
  loaded ??= await import("@tensorflow/tfjs-core");
  return loaded;
}

/**
 * Returns tfjs.
 *
 * @throws Error when it is not loaded: what computes on it needs a backend, and `selectBackend` loads both
 */
export function tfjs(): typeof Tfjs {
  if (loaded === null) throw new Error("no tfjs backend is selected: call selectBackend first");
  return loaded;
}
