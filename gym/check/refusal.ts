import { EnvUsageError } from "../env.ts";
import { demand } from "./subject.ts";

/**
 * The message of the EnvUsageError that `act` must throw. Throws a Fault when `act` throws nothing or another error.
 */
export function refusal(what: string, act: () => unknown): string {
  const error = thrownBy(act);
  demand(error !== null, `${what} was not refused`);
  demand(error instanceof EnvUsageError, `${what} must be refused with an EnvUsageError, but threw ${error}`);
  return error.message;
}

/** What `act` throws, or null when it returns. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error ?? new Error("a bare throw, without an error");
  }
  return null;
}
