import { createActionHead } from "./create_action_head.ts";
import { createNetwork } from "./create_network.ts";
import type { Network } from "./network.ts";
import type { NetworkPolicy } from "./network_policy.ts";
import type { Trainer } from "./trainer.ts";

/**
 * Gives a training that has not begun the weights of a policy instead of random ones, and the statistics by which the
 * policy normalises observations. A critic keeps its random weights where the policy has none.
 *
 * @throws RangeError when the policy is for another environment, its layers differ, or only one of both normalises
 *   observations
 */
export function startFrom(trainer: Trainer, policy: NetworkPolicy): void {
  const own = trainer.policy();
  const refuse = (what: string, theirs: unknown, mine: unknown): never => {
    throw new RangeError(`cannot start from this policy: its ${what} is ${theirs}, this training's is ${mine}`);
  };
  if (policy.env !== own.env) refuse("environment", policy.env, own.env);
  if (policy.network.kind !== own.network.kind) refuse("network", policy.network.kind, own.network.kind);
  const [theirs, mine] = [policy.network.hidden, own.network.hidden].map((layers) => JSON.stringify(layers));
  if (theirs !== mine) refuse("option hidden", theirs, mine);
  if ((policy.normaliser === null) !== (own.normaliser === null)) {
    refuse("option normalizeObservations", policy.normaliser !== null, own.normaliser !== null);
  }
  const [from, to] = [networkOf(policy), networkOf(own)];
  const { header, arrays } = trainer.state();
  const { parameters } = arrays;
  // The weights of a critic, if any, lie between those of the policy and the free parameters.
  parameters.set(policy.parameters.subarray(0, Math.min(from.freeOffset, to.freeOffset)));
  parameters.set(policy.parameters.subarray(from.freeOffset), to.freeOffset);
  const moments =
    policy.normaliser === null ? header.moments : { ...header.moments, observation: policy.normaliser.toJSON() };
  trainer.restore({ header: { ...header, moments }, arrays });
}

function networkOf({ network, observationSpace, actionSpace }: NetworkPolicy): Network {
  const head = createActionHead(actionSpace);
  return createNetwork(network, observationSpace.size, head.width, head.freeParameters);
}
