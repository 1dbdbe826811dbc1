import type { AnyEnv, Info } from "../env.ts";
import { arrayDifference, type Frame, firstDifference, playEpisode, resetFrame } from "./frame.ts";
import { actionStream, type Check, demand, type Subject } from "./subject.ts";

/** Largest relative difference between the sum of all charges and the clock. Source: choice, rounding of long sums. */
const CLOCK_TOLERANCE = 1e-9;

/**
 * Observations do not contain the future of the workload. This check needs the option `alter_after`, which changes the
 * workload from a work position on. Observations and masks at an `info.position` before that position must be the same
 * with and without the change. After it they must differ, else this check would prove nothing.
 */
export const checkFuture: Check = (subject) => {
  const { env } = subject;
  const option = env.spec.options.find(({ name, type }) => name === "alter_after" && type === "number");
  if (option === undefined) {
    return "the environment has no number option alter_after";
  }
  const plain = alteredRun(subject);
  const middle = positionOf(plain[Math.floor(plain.length / 2)].info);
  const position = Math.ceil(Math.min(Math.max(middle, option.min ?? middle), option.max ?? middle));
  const altered = alteredRun(subject, position);
  const before = (frame: Frame) => positionOf(frame.info) < position;
  const [plainBefore, alteredBefore] = [plain.filter(before), altered.filter(before)];
  demand(plainBefore.length > 0, `no observation lies before work position ${position}`);
  for (let i = 0; i < Math.min(plainBefore.length, alteredBefore.length); i++) {
    const difference =
      arrayDifference("observation", plainBefore[i].observation, alteredBefore[i].observation) ??
      arrayDifference("mask", plainBefore[i].mask ?? [], alteredBefore[i].mask ?? []);
    demand(difference === null, `alter_after = ${position} shows before it, at frame ${i}: ${difference}`);
  }
  demand(plainBefore.length === alteredBefore.length, `alter_after = ${position} changes how many steps lead there`);
  demand(
    firstDifference(plain, altered) !== null,
    `alter_after = ${position} changes nothing in ${plain.length} frames`,
  );
  return null;
};

function alteredRun(subject: Subject, alterAfter?: number): Frame[] {
  const { env, seed, steps } = subject;
  const options = alterAfter === undefined ? {} : { alter_after: alterAfter };
  return [resetFrame(env, { seed, options }), ...playEpisode(env, actionStream(subject, "future"), steps)];
}

function positionOf(info: Info): number {
  const { position } = info;
  demand(
    typeof position === "number" && Number.isFinite(position),
    `an environment with alter_after must give info.position, a number; got ${position}`,
  );
  return position;
}

/**
 * Time is conserved. This check needs `info.clock`, a number, and `info.charged`, an object of numbers; both count from
 * the reset and have the same unit. The sum of the charges must equal the clock, and the clock must never go back.
 */
export const checkTime: Check = (subject) => {
  const { env, seed, steps } = subject;
  const frames = [resetFrame(env, { seed }), ...playEpisode(env, actionStream(subject, "time"), steps)];
  if (!hasClock(env, frames)) {
    return "info has no clock and charged";
  }
  let last = 0;
  for (const [i, { info }] of frames.entries()) {
    const { clock, charged } = info as { clock: number; charged: Record<string, number> };
    const sum = Object.values(charged).reduce((total, part) => total + part, 0);
    demand(
      Math.abs(sum - clock) <= CLOCK_TOLERANCE * Math.abs(clock),
      `at frame ${i}, the clock is ${clock}, but the charges sum to ${sum}`,
    );
    demand(clock >= last, `at frame ${i}, the clock went back from ${last} to ${clock}`);
    last = clock;
  }
  return null;
};

function hasClock(env: AnyEnv, frames: readonly Frame[]): boolean {
  const having = frames.filter(({ info }) => typeof info.clock === "number" && typeof info.charged === "object");
  demand(
    having.length === 0 || having.length === frames.length,
    `${env.spec.id}: ${having.length} of ${frames.length} infos have clock and charged; all or none must`,
  );
  return having.length > 0;
}
