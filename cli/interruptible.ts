import { endAtOnce } from "./end_at_once.ts";

/** Exit codes of shells: 128 plus the number of the signal. */
export const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** A signal that asks a command to stop. */
export type Stop = keyof typeof EXIT_CODES;

/**
 * Runs `work` with an abort signal. SIGINT and SIGTERM trigger it; a second SIGINT or SIGTERM ends the process at once.
 *
 * @returns the result of `work`, and the exit code for the received signal, or null if there was none
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ result: T; exitCode: number | null }> {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const stop = (name: NodeJS.Signals) => {
    if (exitCode !== null) endAtOnce(exitCode);
    exitCode = EXIT_CODES[name as Stop];
    controller.abort();
  };
  const names = Object.keys(EXIT_CODES) as Stop[];
  for (const name of names) process.on(name, stop);
  try {
    return { result: await work(controller.signal), exitCode };
  } finally {
    for (const name of names) process.off(name, stop);
  }
}

/** Makes SIGINT and SIGTERM end this process at once, with the processes that it started and its temporary folders. */
export function endAtSignals(): void {
  for (const name of Object.keys(EXIT_CODES) as Stop[]) process.once(name, () => endAtOnce(EXIT_CODES[name]));
}
