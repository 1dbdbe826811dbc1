import type { RandomStream } from "../../kernel/random.ts";
import { sampleAction } from "../action.ts";
import type { AnyEnv } from "../env.ts";
import { ended, playEpisode, resetFrame } from "./frame.ts";
import { refusal } from "./refusal.ts";
import { actionStream, type Check, demand } from "./subject.ts";

/** An environment refuses a step before the first reset. */
export const checkBeforeReset: Check = (subject) => {
  refusal("a step before the first reset", () =>
    subject.env.step(anyAction(subject.env, actionStream(subject, "order"))),
  );
  return null;
};

/** An environment refuses a step after the end of an episode, and a reset starts another episode. */
export const checkAfterEnd: Check = (subject) => {
  const { env, seed, episodeSteps } = subject;
  const random = actionStream(subject, "order");
  resetFrame(env, { seed });
  const frames = playEpisode(env, random, episodeSteps);
  if (!ended(frames.at(-1)!)) {
    return `no episode ended within ${episodeSteps} steps`;
  }
  refusal(`a step after the end (step ${frames.length + 1})`, () => env.step(anyAction(env, random)));
  resetFrame(env);
  playEpisode(env, random, 1);
  return null;
};

/** A closed environment refuses steps. Its forks go on. */
export const checkClose: Check = (subject) => {
  const { env, seed } = subject;
  const random = actionStream(subject, "order");
  resetFrame(env, { seed });
  const copy = env.fork();
  copy.close();
  refusal("a step after close", () => copy.step(anyAction(env, random)));
  const frames = playEpisode(env, random, 1);
  demand(frames.length === 1, "closing a fork stopped the original");
  return null;
};

/**
 * A legal action if the environment still gives a mask, else any action of the space: these checks are about refusals
 * because of the time, not because of the action.
 */
function anyAction(env: AnyEnv, random: RandomStream): unknown {
  const { actionSpace, rows } = env;
  try {
    return sampleAction(env, random);
  } catch {
    return sampleAction({ actionSpace, rows, actionMask: () => null }, random);
  }
}
