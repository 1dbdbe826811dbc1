import { setImmediate } from "node:timers/promises";

/** The work was asked to stop. The work done so far is saved. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Yields to the event loop so that signals and timers can run. Call it between the parts of long work.
 *
 * @throws Interrupted if `signal` was aborted
 */
export async function yieldToEventLoop(signal?: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new Interrupted("interrupted");
}
