import { type RandomStream, randomStream } from "../../kernel/random.ts";
import type { AnyEnv } from "../env.ts";

/** The environment that a check examines, and how long the check runs it. */
export interface Subject {
  readonly env: AnyEnv;
  /** First of the two seeds that the checks use; the other one follows it. */
  readonly seed: number;
  /** Steps of each run. */
  readonly steps: number;
  /** Steps after which the search for the end of an episode gives up. */
  readonly episodeSteps: number;
}

/**
 * Checks one promise of the contract. Returns null when the promise holds, or a note when there was nothing to check.
 *
 * @throws Fault when the promise does not hold; any other error also counts as a fault of the environment
 */
export type Check = (subject: Subject) => string | null;

/** A promise that an environment does not keep. */
export class Fault extends Error {
  override readonly name = "Fault";
}

/** Throws a Fault unless `holds`. */
export function demand(holds: boolean, message: string): asserts holds {
  if (!holds) {
    throw new Fault(message);
  }
}

/** The random stream from which a check draws its actions. Every run with the same `purpose` gets the same stream. */
export function actionStream({ seed }: Subject, purpose: string): RandomStream {
  return randomStream(seed, `check/${purpose}`);
}
