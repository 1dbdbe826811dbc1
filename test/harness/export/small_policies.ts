import { createActionHead } from "../../../agents/create_action_head.ts";
import { createNetwork } from "../../../agents/create_network.ts";
import type { NetworkConfig } from "../../../agents/network.ts";
import { NetworkPolicy } from "../../../agents/network_policy.ts";
import { RunningMoments } from "../../../gym/running_moments.ts";
import { Box, Discrete, MultiDiscrete, maskSize, type Space } from "../../../gym/spaces.ts";
import type { Recording } from "../../../harness/export/recording.ts";
import { type RandomStream, randomStream } from "../../../kernel/random.ts";

/** A policy whose weights are random, for an environment that need not exist. */
export function randomPolicy(
  { observationSpace, actionSpace, network, normalise }: PolicyCase,
  env = "ring0/Tiering-v1",
): NetworkPolicy {
  const { width, freeParameters } = createActionHead(actionSpace);
  const built = createNetwork(network, observationSpace.size, width, freeParameters);
  const { features } = built;
  const random = randomStream(1, "test/export");
  const parameters = built.initialise(random).map((weight) => weight + 0.1 * random.normal());
  let normaliser: RunningMoments | null = null;
  if (normalise) {
    normaliser = new RunningMoments(features);
    const seen = randomObservations(features, 20_000, random);
    normaliser.update(seen, 20_000);
  }
  return new NetworkPolicy({ algorithm: "ppo", env, observationSpace, actionSpace, network, parameters, normaliser });
}

/** Shape of a policy. */
export interface PolicyCase {
  name: string;
  observationSpace: Box;
  actionSpace: Space<unknown>;
  network: NetworkConfig;
  normalise: boolean;
  /** Number of first features that all actions of a decision share. Default 0. */
  shared?: number;
}

/** One policy of each shape that environments here have. */
export const CASES: readonly PolicyCase[] = [
  {
    name: "box",
    observationSpace: new Box(-10, 10, [18]),
    actionSpace: new Box([-1, 0, -0.5], [1, 1, 0.5]),
    network: { kind: "mlp", hidden: [32, 32], value: "separate" },
    normalise: true,
  },
  {
    name: "unbounded",
    observationSpace: new Box(-10, 10, [6]),
    actionSpace: new Box([-1, -Infinity], [Infinity, Infinity]),
    network: { kind: "mlp", hidden: [], value: "none" },
    normalise: false,
  },
  {
    name: "discrete",
    observationSpace: new Box(-10, 10, [7]),
    actionSpace: new Discrete(5, 3),
    network: { kind: "mlp", hidden: [17], value: "shared" },
    normalise: true,
  },
  {
    name: "multi_discrete",
    observationSpace: new Box(-10, 10, [11]),
    actionSpace: new MultiDiscrete([3, 2, 4]),
    network: { kind: "mlp", hidden: [24], value: "separate" },
    normalise: false,
  },
  {
    name: "scorer",
    observationSpace: new Box(-10, 10, [6, 9]),
    actionSpace: new Discrete(6),
    network: { kind: "scorer", hidden: [16, 8], value: "none", features: 9 },
    normalise: true,
  },
  {
    name: "shared",
    observationSpace: new Box(-10, 10, [5, 9]),
    actionSpace: new Discrete(5),
    network: { kind: "scorer", hidden: [11], value: "none", features: 9 },
    normalise: false,
    shared: 4,
  },
];

/** Lines of features, each wider than the one before it; the last is always 0.5. */
function randomObservations(features: number, lines: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length: lines * features }, (_, i) =>
    i % features === features - 1 ? 0.5 : random.uniform(-10, 10) * ((1 + (i % features)) / features),
  );
}

/** Random decisions of a policy. */
export function randomRecording(
  policy: NetworkPolicy,
  features: number,
  count: number,
  seed: number,
  shared = 0,
): Recording {
  const random = randomStream(seed, "test/export/recording");
  const { observationSpace, actionSpace } = policy;
  const { size } = observationSpace;
  const entries = actionSpace.kind === "box" ? 0 : maskSize(actionSpace);
  const observations = randomObservations(features, (count * size) / features, random);
  for (let at = 0; at < observations.length; at += size) {
    for (let line = 0; line < size; line += features) observations.copyWithin(at + line, at, at + shared);
  }
  const masks = Uint8Array.from({ length: count * entries }, () => (random.next() < 0.7 ? 1 : 0));
  // The first alternative of every choice is allowed, so that there always is one.
  const counts = actionSpace instanceof MultiDiscrete ? actionSpace.nvec : [entries];
  for (let row = 0; entries > 0 && row < count; row++) {
    let at = row * entries;
    for (const alternatives of counts) {
      masks[at] = 1;
      at += alternatives;
    }
  }
  const actions = new Float32Array(count * actionSpace.size);
  policy.actRows(observations, count, entries === 0 ? null : masks, actions);
  const low = new Float64Array(features).fill(Infinity);
  const high = new Float64Array(features).fill(-Infinity);
  for (const [i, value] of observations.entries()) {
    low[i % features] = Math.min(low[i % features], value);
    high[i % features] = Math.max(high[i % features], value);
  }
  return {
    count,
    size,
    maskSize: entries,
    actionSize: actionSpace.size,
    observations,
    masks,
    actions,
    decisions: count,
    low,
    high,
    shared: Uint8Array.from({ length: features }, (_, i) => (i < shared ? 1 : 0)),
  };
}
