import { type RandomStream, randomStream } from "../../kernel/random.ts";
import type { AnyEnv } from "../env.ts";

/** What a check examines: an environment, and how far to go with it. */
export interface Subject {
  readonly env: AnyEnv;
  /** First of the seeds to use; the next one is used too. */
  readonly seed: number;
  /** Steps of one run. */
  readonly steps: number;
  /** Steps after which the search for the end of an episode gives up. */
  readonly episodeSteps: number;
}

/**
 * Examines one promise of the contract. Returns null when it holds, or a note when there was nothing to examine.
 *
 * @throws Fault when it does not hold; anything else that is thrown counts as a fault of the environment too
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

/** The random numbers from which a check draws its actions: the same ones for every run of one `purpose`. */
export function actionStream({ seed }: Subject, purpose: string): RandomStream {
  return randomStream(seed, `check/${purpose}`);
}
