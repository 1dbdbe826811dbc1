import { congestionHeuristics } from "../../../baselines/congestion/index.ts";
import type { CongestionHeuristic } from "../../../baselines/congestion/types.ts";
import { startValues } from "../../../baselines/knobs.ts";
import type { CongestionEnv } from "../../../envs/congestion/congestion.ts";
import { CONGESTION_FEATURES } from "../../../envs/congestion/observation.ts";
import { registry } from "../../../envs/index.ts";
import { sampleAction } from "../../../gym/action.ts";
import type { Info } from "../../../gym/env.ts";
import { singleSwitch } from "../../../kernel/congestion/topologies/single_switch.ts";
import type { CongestionView } from "../../../kernel/congestion/view.ts";
import type { CongestionWorkload, Message } from "../../../kernel/congestion/workload.ts";
import { randomStream } from "../../../kernel/random.ts";

export const ID = "ring0/CongestionControl-v1";
/** The environment itself, without wrappers. */
export const make = () => registry.make(ID, { wrap: false }) as unknown as CongestionEnv;
export const { rows: ROWS } = make();
export const FEATURES = CONGESTION_FEATURES.length;
/** A short episode in which queue pairs meet. */
export const SMALL = { workload: "incast", senders: 4, bytes: 300_000 };

/** Column of a feature, by how its description begins. */
export function columnOf(start: string): number {
  const found = CONGESTION_FEATURES.filter((feature) => feature.startsWith(start));
  if (found.length !== 1) throw new Error(`${found.length} features begin with "${start}"`);
  return CONGESTION_FEATURES.indexOf(found[0]);
}

/** Chooses actions of all rows by what they see. */
export type Actor = (observation: Float32Array, env: CongestionEnv) => Float32Array;

/** Who plays: an actor, or a heuristic in the environment's own kernel. */
export type Policy = Actor | CongestionHeuristic;

/** A heuristic with the constants it starts from. */
export function heuristic(name: string): CongestionHeuristic {
  const entry = congestionHeuristics.find((one) => one.name === name)!;
  return entry.create(startValues(entry.knobs));
}

/** Plays the episode that was just reset to its end. */
export function playOn(
  env: CongestionEnv,
  policy: Policy,
  onStep: (info: Info, reward: Float32Array, action: Float32Array | null) => void = () => {},
) {
  if (typeof policy !== "function") policy.reset();
  let total = 0;
  let steps = 0;
  for (;;) {
    const action = typeof policy === "function" ? policy(env.observe(), env) : null;
    const { reward, terminated, info } =
      action === null ? env.decide((policy as CongestionHeuristic).decide(env.kernel.view)) : env.step(action);
    for (const one of reward) total += one;
    steps++;
    onStep(info, reward, action);
    if (terminated) return { cost: env.cost, return: total, steps, metrics: env.metrics() };
  }
}

/** Plays one episode. */
export function play(policy: Policy, options: Record<string, unknown> = SMALL, seed = 7) {
  const env = make();
  env.reset({ seed, options });
  return playOn(env, policy);
}

/** The same action of all rows at every step, another in those that begin. */
export const always =
  (action: number, begin = action): Actor =>
  (_, { kernel: { view } }) => {
    const actions = new Float32Array(ROWS).fill(action);
    for (const row of beginning(view)) actions[row] = begin;
    return actions;
  };

/** Queue pairs that are asked. */
export const askedOf = ({ asked, askedCount }: CongestionView) => [...asked.subarray(0, askedCount)];

/** Those of them that begin. */
export const beginning = (view: CongestionView) => askedOf(view).filter((row) => view.roundTrips.count[row] === 0);

/** Actions of rows by their own columns; 0 in rows that are not asked. */
export const byRow =
  (act: (row: Float32Array, index: number) => number): Actor =>
  (observation) =>
    Float32Array.from({ length: ROWS }, (_, index) => {
      const row = observation.subarray(index * FEATURES, (index + 1) * FEATURES);
      return row[0] === 0 ? 0 : act(row, index);
    });

/** Action with which a queue pair begins at a share of its line. */
export const beginAt = (share: number) => 1 + Math.log(share) / 2;

/** The hand rule, from what a row sees. */
export const handRule = () =>
  byRow((row) => {
    if (row[1] === 1) return beginAt(0.2);
    const [inflation, rate] = [row[2], 3 * row[3]];
    // After a rest at the rate it had.
    if (row[7] === 1) return 0;
    return Math.max(-1, Math.min(1, -0.8 * (inflation - 0.07 + 0.24 * rate)));
  });

/** Any actions, the same ones for the same seed. */
export function randomly(seed: number): Actor {
  const random = randomStream(seed, "test/random");
  return (_, env) => sampleAction<Float32Array>(env, random);
}

/** Messages among hosts around a switch, of 100 kB at once but for what is given. */
export function workloadOf(
  hosts: number,
  messages: readonly (Partial<Message> & { src: number; dst: number })[],
): CongestionWorkload {
  return {
    name: "own",
    topology: singleSwitch({ hosts, gbps: 100, delayNs: 1000 }),
    messages: messages.map((one) => ({ bytes: 100_000, start: 0, after: -1, group: -1, connection: -1, ...one })),
    makespan: false,
    smc: null,
  };
}
