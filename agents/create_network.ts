import { MlpNetwork } from "./mlp_network.ts";
import type { Network, NetworkConfig } from "./network.ts";
import { ScorerNetwork } from "./scorer_network.ts";

/**
 * Builds a network from its architecture.
 *
 * @param inputs numbers in one flattened observation
 * @param width policy outputs per observation, as the action head needs them
 * @param freeParameters number of free parameters of the action head
 * @throws RangeError when a scorer does not get the same number of features for each output
 */
export function createNetwork(config: NetworkConfig, inputs: number, width: number, freeParameters: number): Network {
  return config.kind === "mlp"
    ? new MlpNetwork(config, inputs, width, freeParameters)
    : new ScorerNetwork(config, inputs, width, freeParameters);
}
