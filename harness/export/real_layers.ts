import { createActionHead } from "../../agents/create_action_head.ts";
import { createNetwork } from "../../agents/create_network.ts";
import type { NetworkPolicy } from "../../agents/network_policy.ts";

/** A layer of a trained policy, a copy of its own. */
export interface RealLayer {
  inputs: number;
  outputs: number;
  /** `inputs` x `outputs`, row-major. */
  weights: Float64Array;
  biases: Float64Array;
}

/** What a trained policy computes from an observation, or from each line of a matrix with a line for each action. */
export interface RealNetwork {
  /** Hidden layers (ReLU), then the last one, which is linear. */
  layers: RealLayer[];
  /** Lines of the matrix; 1 where there is no matrix. */
  candidates: number;
  /** Entries of a row's mask where its actions are choices; 0 for a Box. */
  maskSize: number;
}

/** The layers of a policy, without its critic. */
export function realNetwork(policy: NetworkPolicy): RealNetwork {
  const { observationSpace, actionSpace, parameters, network } = policy;
  const head = createActionHead(actionSpace);
  const { actor } = createNetwork(network, observationSpace.size, head.width, head.freeParameters);
  const candidates = observationSpace.size / actor.sizes[0];
  const layers = actor.layers.map(
    ({ inputs, outputs, weights, biases }): RealLayer => ({
      inputs,
      outputs,
      weights: Float64Array.from(parameters.subarray(weights, biases)),
      biases: Float64Array.from(parameters.subarray(biases, biases + outputs)),
    }),
  );
  // A critic that shares the network is one more output.
  const last = layers.length - 1;
  layers[last] = keepOutputs(layers[last], candidates > 1 ? 1 : head.width);
  return { layers, candidates, maskSize: actionSpace.kind === "box" ? 0 : head.maskSize };
}

/** The first outputs of a layer. */
function keepOutputs({ inputs, outputs, weights, biases }: RealLayer, kept: number): RealLayer {
  const of = (_: unknown, at: number) => weights[Math.floor(at / kept) * outputs + (at % kept)];
  const own = Float64Array.from({ length: inputs * kept }, of);
  return { inputs, outputs: kept, weights: own, biases: biases.slice(0, kept) };
}
