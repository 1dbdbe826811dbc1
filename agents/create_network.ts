import { MlpNetwork } from "./mlp_network.ts";
import type { Network, NetworkConfig } from "./network.ts";
import { ScorerNetwork } from "./scorer_network.ts";

/**
 * Builds a network from its architecture.
 *
 * @param inputs numbers of one flattened observation
 * @param width policy outputs a row, as the action head wants them
 * @param freeParameters of the action head
 * @throws RangeError when a scorer is not given one row of features for each output
 */
export function createNetwork(config: NetworkConfig, inputs: number, width: number, freeParameters: number): Network {
  return config.kind === "mlp"
    ? new MlpNetwork(config, inputs, width, freeParameters)
    : new ScorerNetwork(config, inputs, width, freeParameters);
}
