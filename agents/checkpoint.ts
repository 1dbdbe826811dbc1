import { z } from "zod";
import { RunningMoments } from "../gym/running_moments.ts";
import { type Space, spaceFromJSON } from "../gym/spaces.ts";
import { ArtifactError, type ArtifactFormat, readArtifact, writeArtifact } from "./artifact.ts";
import { networkConfigSchema } from "./network.ts";
import { NetworkPolicy } from "./network_policy.ts";
import { type TrainerHeader, type TrainerState, trainerHeaderSchema } from "./trainer.ts";

const policyHeaderSchema = z.object({
  algorithm: z.string(),
  env: z.string(),
  observationSpace: z.unknown(),
  actionSpace: z.unknown(),
  network: networkConfigSchema,
  /** As `RunningMoments` writes it. */
  normaliser: z.unknown(),
  /** Policies of older versions have none. */
  options: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
});

const POLICY: ArtifactFormat<z.infer<typeof policyHeaderSchema>> = {
  format: "ring0-gym/policy",
  version: 1,
  headerFile: "policy.json",
  binaryFile: "weights.bin",
  schema: policyHeaderSchema,
};

const CHECKPOINT: ArtifactFormat<TrainerHeader> = {
  format: "ring0-gym/checkpoint",
  version: 1,
  headerFile: "checkpoint.json",
  binaryFile: "checkpoint.bin",
  schema: trainerHeaderSchema,
};

/** The environment that a policy must fit. */
export interface PolicyUse {
  /** Registry id. */
  env: string;
  observationSpace: Space<unknown>;
  actionSpace: Space<unknown>;
}

/**
 * Writes a policy as a folder with two files: `policy.json` (format and version, environment, spaces, algorithm,
 * network, normaliser, settings of the environment, checksum) and `weights.bin` (little-endian float32). A kill leaves
 * either the old folder or the new one.
 *
 * @param options settings of the environment that belong to the policy; by default the policy's own
 * @throws ArtifactError when a weight is not finite, or the folder cannot be written
 */
export function savePolicy(folder: string, policy: NetworkPolicy, options = policy.options): void {
  const { algorithm, env, observationSpace, actionSpace, network, normaliser, parameters } = policy;
  const header = {
    algorithm,
    env,
    observationSpace: observationSpace.toJSON(),
    actionSpace: actionSpace.toJSON(),
    network,
    normaliser: normaliser?.toJSON() ?? null,
    options: { ...options },
  };
  writeArtifact(folder, POLICY, header, { parameters });
}

/**
 * Reads a policy folder and checks all of it.
 *
 * @param use the environment to act in, if known: a policy with another id or other spaces is refused
 * @throws ArtifactError that names the file and says what is wrong
 */
export function loadPolicy(folder: string, use?: PolicyUse): NetworkPolicy {
  const { header, arrays } = readArtifact(folder, POLICY);
  const where = `${folder}/${POLICY.headerFile}`;
  const observationSpace = readSpace(header.observationSpace, `${where}: observationSpace`);
  const actionSpace = readSpace(header.actionSpace, `${where}: actionSpace`);
  if (use !== undefined) {
    if (header.env !== use.env) {
      throw new ArtifactError(`${where}: the policy was trained for ${header.env}, not for ${use.env}`);
    }
    assertSameSpace(`${where}: observationSpace`, observationSpace, use.observationSpace, use.env);
    assertSameSpace(`${where}: actionSpace`, actionSpace, use.actionSpace, use.env);
  }
  const { parameters } = arrays;
  if (parameters === undefined) {
    throw new ArtifactError(`${where}: there is no array "parameters"`);
  }
  try {
    const normaliser = header.normaliser === null ? null : RunningMoments.fromJSON(header.normaliser);
    return new NetworkPolicy({ ...header, observationSpace, actionSpace, parameters, normaliser });
  } catch (error) {
    throw new ArtifactError(`${where}: ${(error as Error).message}`);
  }
}

/**
 * Writes the state of a training as a folder with `checkpoint.json` and `checkpoint.bin`. A kill leaves either the old
 * folder or the new one.
 *
 * @throws ArtifactError when a number is not finite, or the folder cannot be written
 */
export function saveCheckpoint(folder: string, state: TrainerState): void {
  writeArtifact(folder, CHECKPOINT, state.header, state.arrays);
}

/**
 * Reads a checkpoint folder and checks all of it. `Trainer.restore` checks whether it fits the training.
 *
 * @throws ArtifactError that names the file and says what is wrong
 */
export function loadCheckpoint(folder: string): TrainerState {
  return readArtifact(folder, CHECKPOINT);
}

function readSpace(json: unknown, where: string): Space<unknown> {
  try {
    return spaceFromJSON(json);
  } catch (error) {
    throw new ArtifactError(`${where}: ${(error as Error).message}`);
  }
}

function assertSameSpace(where: string, saved: Space<unknown>, wanted: Space<unknown>, env: string): void {
  if (JSON.stringify(saved.toJSON()) !== JSON.stringify(wanted.toJSON())) {
    throw new ArtifactError(`${where} is ${saved}, ${env} has ${wanted}`);
  }
}
