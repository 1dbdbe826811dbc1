import { type Frame, firstDifference, play, playEpisode, resetFrame } from "./frame.ts";
import { actionStream, type Check, demand, type Subject } from "./subject.ts";

/** The same seed and the same actions give the same run to the bit, also across episodes. */
export const checkDeterminism: Check = (subject) => {
  const difference = firstDifference(run(subject, subject.seed), run(subject, subject.seed));
  demand(difference === null, `two runs with seed ${subject.seed} and the same actions differ: ${difference}`);
  return null;
};

/** Another seed gives another run. */
export const checkSeeds: Check = (subject) => {
  const { seed } = subject;
  const difference = firstDifference(run(subject, seed), run(subject, seed + 1));
  demand(difference !== null, `seeds ${seed} and ${seed + 1} give the same run`);
  return null;
};

/** A reset without a seed continues the random stream: the next episode differs, and is the same in every run. */
export const checkContinuation: Check = (subject) => {
  const { env, seed } = subject;
  const episodes = (): Frame[][] =>
    [seed, undefined, undefined].map((given) => [
      resetFrame(env, { seed: given }),
      ...playEpisode(env, actionStream(subject, "continuation"), Math.min(subject.steps, 50)),
    ]);
  const [first, again] = [episodes(), episodes()];
  const difference = firstDifference(first.flat(), again.flat());
  demand(difference === null, `episodes after seed ${seed} are not the same every time: ${difference}`);
  for (const [a, b] of [
    [0, 1],
    [1, 2],
  ]) {
    demand(
      firstDifference(first[a], first[b]) !== null,
      `a reset without a seed repeats episode ${a} after seed ${seed}`,
    );
  }
  return null;
};

/** A fork continues exactly as the original would, and neither disturbs the other. */
export const checkFork: Check = (subject) => {
  const { env, seed, steps } = subject;
  const half = Math.ceil(steps / 2);
  const random = actionStream(subject, "fork");
  resetFrame(env, { seed });
  play(env, random, half);
  const expected = play(env, random.fork(), half);

  const again = actionStream(subject, "fork");
  resetFrame(env, { seed });
  play(env, again, half);
  const [copy, disturber] = [env.fork(), env.fork()];
  play(disturber, actionStream(subject, "fork/disturb"), half);
  const ofOriginal = firstDifference(expected, play(env, again.fork(), half));
  demand(ofOriginal === null, `stepping a fork changed the original: ${ofOriginal}`);
  const ofCopy = firstDifference(expected, play(copy, again.fork(), half));
  demand(ofCopy === null, `a fork does not go on as the original: ${ofCopy}`);
  disturber.close();
  copy.close();
  return null;
};

function run(subject: Subject, seed: number): Frame[] {
  return [resetFrame(subject.env, { seed }), ...play(subject.env, actionStream(subject, "randomness"), subject.steps)];
}
