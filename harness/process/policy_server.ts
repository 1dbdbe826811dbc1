import { createHash } from "node:crypto";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { registry } from "../../envs/index.ts";
import { sampleAction } from "../../gym/action.ts";
import { flattenRows } from "../../gym/rows.ts";
import { maskSize, type Space } from "../../gym/spaces.ts";
import { randomStream } from "../../kernel/random.ts";
import type { Dataset } from "../../ladder/dataset_bytes.ts";
import { encodeRecommendation, recommendationBytes } from "../../ladder/recommendation_bytes.ts";
import { findNetworkPolicy, policyNames } from "../play/find_policy.ts";
import { randomPolicy } from "../play/policy.ts";
import { RunError, UsageError } from "../run/usage_error.ts";

/** Decides in flat arrays. `dataset` must have the size of the environment. */
type Act = (dataset: Dataset, action: Float32Array) => void;

/** Answers datasets by a policy. */
export interface PolicyServer {
  /** Weights id in its answers. */
  readonly weights: number;
  /**
   * The bytes of the recommendation for a dataset.
   *
   * @throws RunError if the dataset is of another environment, or its mask allows no action
   */
  answer(dataset: Dataset): Uint8Array;
}

/**
 * A server that answers with the greedy action of a trained policy, or with random legal actions.
 *
 * @param envName id or alias
 * @param policy folder of a policy or a run, or `random`
 * @param seed of random actions
 * @throws as `findNetworkPolicy`; UsageError for a heuristic: it needs the view of the kernel, which does not leave the
 *   kernel
 */
export function createPolicyServer(envName: string, policy: string, seed = 0): PolicyServer {
  const { id } = registry.spec(envName);
  const env = registry.make(id, { wrap: false });
  const { observationSpace, actionSpace } = env;
  env.close();
  if (policy === randomPolicy.name) {
    return policyServer(id, observationSpace, actionSpace, 0, actRandomly(actionSpace, seed));
  }
  if (policyNames(id).includes(policy)) {
    throw new UsageError(`${policy} looks at the kernel's own view; give a policy folder or ${randomPolicy.name}`);
  }
  const found = findNetworkPolicy(id, policy);
  return policyServer(id, observationSpace, actionSpace, weightsId(found), ({ observation, rows, mask }, action) =>
    found.actRows(observation, rows, mask, action),
  );
}

/** An id that tells policies apart: the first 32 bits of the SHA-256 of their parameters. */
export function weightsId({ parameters }: Pick<NetworkPolicy, "parameters">): number {
  const bytes = new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength);
  return createHash("sha256").update(bytes).digest().readUInt32LE(0);
}

function policyServer(
  id: string,
  observationSpace: Space<unknown>,
  actionSpace: Space<unknown>,
  weights: number,
  act: Act,
): PolicyServer {
  const width = maskSize(actionSpace);
  return {
    weights,
    answer(dataset) {
      const { operation, rows, observation, mask } = dataset;
      if (observation.length !== rows * observationSpace.size || (mask !== null && mask.length !== rows * width)) {
        const expected = `${observationSpace.size} numbers a row and a mask of ${width}`;
        const found = `${observation.length / rows} and ${(mask?.length ?? 0) / rows}`;
        throw new RunError(`the kernel does not run ${id}, which shows ${expected}: its dataset has ${found}`);
      }
      const action = new Float32Array(rows * actionSpace.size);
      try {
        act(dataset, action);
      } catch (error) {
        // A mask without a legal action.
        if (error instanceof RangeError)
          throw new RunError(`the dataset of the kernel has no answer: ${error.message}`);
        throw error;
      }
      const bytes = new Uint8Array(recommendationBytes(action.length));
      encodeRecommendation({ operation, weights, action }, bytes);
      return bytes;
    },
  };
}

function actRandomly(actionSpace: Space<unknown>, seed: number): Act {
  const random = randomStream(seed, "harness/random-agent");
  return ({ rows, mask }, action) =>
    flattenRows(actionSpace, sampleAction({ actionSpace, rows, actionMask: () => mask }, random), rows, action);
}
