import { join } from "node:path";
import { expect, it } from "vitest";
import { savePolicy } from "../../../agents/checkpoint.ts";
import { createActionHead } from "../../../agents/create_action_head.ts";
import { createNetwork } from "../../../agents/create_network.ts";
import type { NetworkConfig } from "../../../agents/network.ts";
import { NetworkPolicy } from "../../../agents/network_policy.ts";
import { registry } from "../../../envs/index.ts";
import { findNetworkPolicy } from "../../../harness/play/find_policy.ts";
import { createPolicyServer } from "../../../harness/process/policy_server.ts";
import { RunError } from "../../../harness/run/usage_error.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const ENV = "ring0/GpuPreemption-v1";

/** The folder of a policy without hidden layers, all of whose weights are 0. */
function savedPolicy(options: Readonly<Record<string, number | string>> = {}): string {
  const { observationSpace, actionSpace } = registry.make(ENV, { wrap: false });
  const network: NetworkConfig = { kind: "mlp", hidden: [], value: "none" };
  const head = createActionHead(actionSpace);
  const { parameterCount } = createNetwork(network, observationSpace.size, head.width, head.freeParameters);
  const parameters = new Float32Array(parameterCount);
  const parts = { algorithm: "es", env: ENV, observationSpace, actionSpace, network, parameters, normaliser: null };
  const folder = join(temporaryFolder(), "policy");
  savePolicy(folder, new NetworkPolicy({ ...parts, options }));
  return folder;
}

it.each(["random", "trained"])("refuses a mask that allows no action, with a %s policy", (which) => {
  const env = registry.make(ENV, { wrap: false });
  env.reset({ seed: 1 });
  const { rows } = env;
  const mask = env.actionMask()!;
  const server = createPolicyServer(ENV, which === "random" ? "random" : savedPolicy());
  const dataset = { operation: 1, run: 0, first: true, end: false, live: true, terminated: false, rows, reward: 0 };
  const observation = new Float32Array(rows * env.observationSpace.size);
  expect(server.answer({ ...dataset, observation, mask }).length).toBeGreaterThan(0);
  const answer = () => server.answer({ ...dataset, observation, mask: new Uint8Array(mask.length) });
  expect(answer).toThrow(RunError);
  expect(answer).toThrow(/the dataset of the kernel has no answer: the action mask allows none of/);
});

it("refuses a policy with options out of their bounds", () => {
  expect(findNetworkPolicy(ENV, savedPolicy({ lead_scale: 1 })).options).toEqual({ lead_scale: 1 });
  const folder = savedPolicy({ lead_scale: 1e9 });
  expect(() => findNetworkPolicy(ENV, folder)).toThrow(
    new RegExp(`${folder}/policy.json: options: .*lead_scale must be from .*, got 1000000000`),
  );
  const other = savedPolicy({ nothing: 1 });
  expect(() => findNetworkPolicy(ENV, other)).toThrow(/policy.json: options: unknown option .*"nothing"/);
});
