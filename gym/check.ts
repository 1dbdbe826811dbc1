import { checkActions, checkMask } from "./check/actions.ts";
import { checkAfterEnd, checkBeforeReset, checkClose } from "./check/order.ts";
import { checkFuture, checkTime } from "./check/physics.ts";
import { checkContinuation, checkDeterminism, checkFork, checkSeeds } from "./check/randomness.ts";
import {
  checkObserve,
  checkOptionsRefused,
  checkRender,
  checkReset,
  checkRows,
  checkSpaces,
  checkSpec,
  checkStep,
} from "./check/shape.ts";
import type { Check } from "./check/subject.ts";
import type { AnyEnv } from "./env.ts";

/**
 * Every check by name, in the order in which they run. `before-reset` comes first: it needs an untouched environment.
 */
const CHECKS = {
  "before-reset": checkBeforeReset,
  spec: checkSpec,
  spaces: checkSpaces,
  rows: checkRows,
  reset: checkReset,
  options: checkOptionsRefused,
  step: checkStep,
  observe: checkObserve,
  render: checkRender,
  determinism: checkDeterminism,
  seeds: checkSeeds,
  continuation: checkContinuation,
  fork: checkFork,
  actions: checkActions,
  mask: checkMask,
  future: checkFuture,
  time: checkTime,
  "after-end": checkAfterEnd,
  close: checkClose,
} satisfies Record<string, Check>;

/** Name of a check. */
export type CheckName = keyof typeof CHECKS;

/** Names of all checks, in the order in which they run. */
export const CHECK_NAMES = Object.keys(CHECKS) as readonly CheckName[];

/** What one check found. */
export interface Finding {
  check: CheckName;
  ok: boolean;
  /** `holds`, the reason why there was nothing to check, or what is wrong. */
  message: string;
}

/** How to check an environment. */
export interface CheckOptions {
  /** This seed and the next are used; 0 by default. Must lie in the splits that the environment may use. */
  seed?: number;
  /** Steps of each run; 200 by default. */
  steps?: number;
  /** Steps after which the search for the end of an episode gives up; 10,000 by default. */
  episodeSteps?: number;
  /** Checks to skip, e.g. `seeds` for an environment without randomness. */
  skip?: readonly CheckName[];
}

/**
 * Checks whether an environment keeps the contract of `Env`. A bad environment never makes it throw: an error that the
 * environment throws becomes a finding.
 *
 * It also checks two conventions, in environments that follow them: an option `alter_after` with `info.position` (the
 * future does not leak into observations), and `info.clock` with `info.charged` (time is conserved).
 *
 * @param env newly made and not reset yet; do not use it for anything else afterwards
 */
export function checkEnv(
  env: AnyEnv,
  { seed = 0, steps = 200, episodeSteps = 10_000, skip = [] }: CheckOptions = {},
): Finding[] {
  const subject = { env, seed, steps, episodeSteps };
  return CHECK_NAMES.filter((check) => !skip.includes(check)).map((check) => {
    try {
      return { check, ok: true, message: CHECKS[check](subject) ?? "holds" };
    } catch (error) {
      return { check, ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  });
}
