import { sampleAction } from "../action.ts";
import { describe } from "../describe.ts";
import type { AnyEnv } from "../env.ts";
import { isPlainData } from "../plain_data.ts";
import { containsRows, createRows, type Space, spaceFromJSON } from "../spaces.ts";
import { assertSpec } from "../spec.ts";
import { arrayDifference, flatten } from "./frame.ts";
import { thrownBy } from "./refusal.ts";
import { actionStream, type Check, demand, type Subject } from "./subject.ts";

/** The spec is plain data and passes the checks of the registry. */
export const checkSpec: Check = ({ env }) => {
  demand(isPlainData(env.spec), "the spec must be plain data that JSON can hold");
  assertSpec(env.spec);
  return null;
};

/** Both spaces sample elements of theirs, read back what they flatten, and survive JSON. */
export const checkSpaces: Check = (subject) => {
  const { env } = subject;
  for (const [name, space] of [
    ["observation space", env.observationSpace],
    ["action space", env.actionSpace],
  ] as const) {
    checkSpace(name, space, subject);
  }
  return null;
};

function checkSpace(name: string, space: Space<unknown>, subject: Subject): void {
  const random = actionStream(subject, "spaces");
  demand(Number.isSafeInteger(space.size) && space.size > 0, `${name}: size must be positive, got ${space.size}`);
  for (let i = 0; i < 10; i++) {
    const element = space.sample(random);
    demand(space.contains(element), `${name}: the sample ${describe(element)} is not in ${space}`);
    const flat = new Float32Array(space.size);
    space.flattenInto(element, flat, 0);
    const again = new Float32Array(space.size);
    space.flattenInto(space.unflatten(flat), again, 0);
    const difference = arrayDifference("number", flat, again);
    demand(difference === null, `${name}: unflatten is not the inverse of flattenInto: ${difference}`);
  }
  const json = JSON.stringify(space);
  demand(
    JSON.stringify(spaceFromJSON(JSON.parse(json))) === json,
    `${name}: spaceFromJSON does not read ${json} back as the same space`,
  );
}

/** The number of rows is a positive whole number. Spaces of several rows have a row-major form. */
export const checkRows: Check = ({ env }) => {
  demand(Number.isSafeInteger(env.rows) && env.rows >= 1, `rows must be a positive whole number, got ${env.rows}`);
  if (env.rows === 1) {
    return null;
  }
  createRows(env.observationSpace, env.rows);
  createRows(env.actionSpace, env.rows);
  return null;
};

/** A reset returns an observation inside the space, and an info. */
export const checkReset: Check = ({ env, seed }) => {
  for (const result of [env.reset({ seed }), env.reset()]) {
    demandObservation("reset", env, result.observation);
    demandInfo("reset", result.info);
  }
  return null;
};

/** A reset refuses options that the spec does not list or that are out of range. The message names the option. */
export const checkOptionsRefused: Check = ({ env, seed }) => {
  const bad: [string, unknown][] = [["no_such_option", 1]];
  for (const { name, type, min, max, choices } of env.spec.options) {
    bad.push([name, true]);
    if (type === "number") {
      bad.push([name, Number.NaN]);
    }
    if (min !== undefined) {
      bad.push([name, min - 1 - Math.abs(min)]);
    }
    if (max !== undefined) {
      bad.push([name, max + 1 + Math.abs(max)]);
    }
    if (choices !== undefined) {
      bad.push([name, `not ${choices[0]}`]);
    }
  }
  for (const [name, value] of bad) {
    const error = thrownBy(() => env.reset({ seed, options: { [name]: value } }));
    const given = `option ${name} = ${describe(value)}`;
    demand(error !== null, `${given} was not refused`);
    demand(
      error instanceof RangeError || error instanceof TypeError,
      `${given} must be refused with a RangeError or TypeError, but threw ${error}`,
    );
    demand(error.message.includes(name), `the refusal of ${given} does not name the option: ${error.message}`);
  }
  return null;
};

/** Steps return observations inside the space, finite rewards, both flags and an info. */
export const checkStep: Check = (subject) => {
  const { env, seed, steps } = subject;
  const random = actionStream(subject, "step");
  env.reset({ seed });
  for (let i = 1; i <= steps; i++) {
    const where = `step ${i}`;
    const { observation, reward, terminated, truncated, info } = env.step(sampleAction(env, random));
    demandObservation(where, env, observation);
    demandReward(where, env, reward);
    demand(
      typeof terminated === "boolean" && typeof truncated === "boolean",
      `${where}: terminated and truncated must be booleans, got ${describe(terminated)} and ${describe(truncated)}`,
    );
    demandInfo(where, info);
    if (terminated || truncated) {
      env.reset();
    }
  }
  return null;
};

/** `observe` returns the observation of the last reset or step. Steps do not change earlier observations. */
export const checkObserve: Check = (subject) => {
  const { env, seed, steps } = subject;
  const random = actionStream(subject, "observe");
  let { observation } = env.reset({ seed });
  let shown = flatten(env, observation);
  for (let i = 1; i <= Math.min(steps, 50); i++) {
    for (const look of ["first", "second"]) {
      const difference = arrayDifference("observation", shown, flatten(env, env.observe()));
      demand(difference === null, `before step ${i}, the ${look} observe() is not the last observation: ${difference}`);
    }
    const result = env.step(sampleAction(env, random));
    const overwritten = arrayDifference("observation", shown, flatten(env, observation));
    demand(overwritten === null, `step ${i} overwrote the observation before it: ${overwritten}`);
    observation = result.terminated || result.truncated ? env.reset().observation : result.observation;
    shown = flatten(env, observation);
  }
  return null;
};

/** `render` returns text. */
export const checkRender: Check = ({ env, seed }) => {
  env.reset({ seed });
  const text: unknown = env.render();
  demand(typeof text === "string" && text.length > 0, `render must return text, got ${describe(text)}`);
  return null;
};

function demandObservation(where: string, env: AnyEnv, observation: unknown): void {
  demand(
    containsRows(env.observationSpace, observation, env.rows),
    `${where}: observation ${describe(observation)} is not ${env.rows} x ${env.observationSpace}`,
  );
}

function demandReward(where: string, env: AnyEnv, reward: unknown): void {
  if (env.rows === 1) {
    demand(Number.isFinite(reward), `${where}: reward must be a finite number, got ${describe(reward)}`);
    return;
  }
  demand(
    reward instanceof Float32Array && reward.length === env.rows && reward.every(Number.isFinite),
    `${where}: reward must be a Float32Array of ${env.rows} finite numbers, got ${describe(reward)}`,
  );
}

function demandInfo(where: string, info: unknown): void {
  demand(
    typeof info === "object" && info !== null && !Array.isArray(info),
    `${where}: info must be an object, got ${describe(info)}`,
  );
}
