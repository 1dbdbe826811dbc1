import { setImmediate } from "node:timers/promises";

/** Somebody asked to stop; what was done so far is saved. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Lets pending events run, signals among them. Long work calls this between its parts.
 *
 * @throws Interrupted when `signal` was aborted
 */
export async function yieldToEventLoop(signal?: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new Interrupted("interrupted");
}
