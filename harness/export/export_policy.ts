import { rmSync } from "node:fs";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { registry } from "../../envs/index.ts";
import { findPolicyOfFolder } from "../play/find_policy.ts";
import { greedyPolicy } from "../play/policy.ts";
import { findProblem, problems } from "../problems/index.ts";
import { whileClaimed } from "../run/claim_folder.ts";
import { Interrupted } from "../run/interrupt.ts";
import { newRunPath, RunDirectory } from "../run/run_directory.ts";
import type { Settings } from "../run/settings.ts";
import { makeTemporaryFolder } from "../run/temporary_folder.ts";
import { UsageError } from "../run/usage_error.ts";
import { type Agreement, agreement } from "./agreement.ts";
import { networkToC } from "./c_network.ts";
import { type CFiles, cNames } from "./c_text.ts";
import { compilePolicy, findCompiler, replay } from "./compiler.ts";
import { fixedValues } from "./fixed_values.ts";
import { actionsOf, decideInIntegers, type IntegerNetwork, isRead, weightsOf } from "./integer_policy.ts";
import { assertActions, assertExportable, assertRecorded } from "./limits.ts";
import { networkToIntegers, type WeightBits } from "./network_to_integers.ts";
import { realNetwork } from "./real_layers.ts";
import { type Recording, record } from "./recording.ts";

/** Options of an export. */
export interface ExportOptions {
  /** Folder of a policy or of a run. */
  policy: string;
  /** Integer C, or a model in floating point for other runtimes. */
  to: "c" | "onnx";
  /** Folder for the files. Default: a new folder in `runs`. */
  out?: string;
  /** Bits of a weight in C. Default 16. */
  bits?: WeightBits;
  /** Name in C: `ring0_<name>_decide`. Default: the environment's alias. */
  name?: string;
  /** Episodes of each workload that are recorded. Default 2. */
  episodes?: number;
  /** Settings of the environment in the recorded episodes, beside those of the policy. */
  options?: Settings;
  signal?: AbortSignal;
  onEpisode?: (done: number, total: number) => void;
}

/** What was exported. */
export interface ExportResult {
  /** Registry id of the environment. */
  env: string;
  name: string;
  folder: string;
  files: string[];
  /** Features that the policy reads, of all that there are. */
  read: number;
  features: number;
  /** Numbers of the network: weights and biases. */
  weights: number;
  /** Bits of a weight; null in ONNX, which has floating point. */
  bits: WeightBits | null;
  /** Decisions on the train split from which the ranges are; null where there are no ranges. */
  recorded: number | null;
  /** How the integers agree with the policy on the validation split; null in ONNX. */
  agreement: Agreement | null;
  /** The compiler that compiled them; null where there is none, and the integers were computed here instead. */
  compiler: string | null;
}

/** A policy in integers, with what it was made from. */
export interface IntegerExport {
  name: string;
  network: IntegerNetwork;
  files: CFiles;
  recorded: Recording;
  /** Recorded on the validation split. */
  replayed: Recording;
}

/** The files of an export, and what the result says about them. */
interface Content {
  /** Text or bytes by name. The last one is written last. */
  files: Record<string, string | Uint8Array>;
  facts: Omit<ExportResult, "env" | "name" | "folder" | "files">;
}

/**
 * Writes a trained policy as integer C, which it compares with the policy on the validation split, or as an ONNX model.
 * Returns null if it was interrupted.
 *
 * @throws UsageError for a policy that cannot be exported: a wrong environment, a network above the limits, a feature
 *   whose range was not recorded; for a bad name; for a folder that is in use. Then nothing is written
 * @throws ArtifactError if the policy cannot be loaded, RunError if the compiler refuses the C or the folder cannot be
 *   written
 */
export async function exportPolicy(options: ExportOptions): Promise<ExportResult | null> {
  const { out, to } = options;
  if (out !== undefined) RunDirectory.assertFree(out);
  if (to === "onnx" && options.bits !== undefined)
    throw new UsageError("--bits is for --to c: ONNX has floating point");
  const policy = findPolicyOfFolder(options.policy);
  const name = nameInC(policy, options.name);
  let content: Content;
  try {
    content = to === "c" ? await integerContent(policy, options) : await onnxContent(policy, name, options.policy);
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
  const files = Object.keys(content.files);
  const path = out ?? newRunPath(`${registry.spec(policy.env).alias}-export`);
  const last = files[files.length - 1];
  const { run, claim } = await RunDirectory.createClaimed(path, { names: files.slice(0, -1), last });
  return whileClaimed(claim, options.signal, async () => {
    for (const [file, text] of Object.entries(content.files)) run.write(file, text);
    return { env: policy.env, name, folder: run.path, files, ...content.facts };
  });
}

async function integerContent(policy: NetworkPolicy, options: ExportOptions): Promise<Content> {
  const { name, network, files, recorded, replayed } = await integerExport(policy, options.policy, options);
  const compiler = findCompiler();
  const actions =
    compiler === null
      ? decideAll(network, replayed)
      : inTemporaryFolder((folder) => {
          const compiled = compilePolicy(compiler, name, files, folder);
          return replay(compiled, network, replayed).actions;
        });
  const { file } = cNames(name);
  return {
    files: { [`${file}.c`]: files.source, [`${file}.h`]: files.header },
    facts: {
      read: network.features.filter(isRead).length,
      features: network.features.length,
      weights: weightsOf(network),
      bits: options.bits ?? 16,
      recorded: recorded.decisions,
      agreement: agreement(network.action, replayed, actions),
      compiler,
    },
  };
}

async function onnxContent(policy: NetworkPolicy, name: string, where: string): Promise<Content> {
  const names = featuresOf(policy);
  assertActions(policy, where);
  const { networkToOnnx } = await import("./onnx_model.ts");
  const { layers } = realNetwork(policy);
  return {
    files: { [`${cNames(name).file}.onnx`]: networkToOnnx(policy, names) },
    facts: {
      read: names.length,
      features: names.length,
      weights: weightsOf({ layers }),
      bits: null,
      recorded: null,
      agreement: null,
      compiler: null,
    },
  };
}

/** The name of a policy in C and in files. @throws UsageError when it cannot be part of names in C */
function nameInC({ env }: NetworkPolicy, name = registry.spec(env).alias.replaceAll("-", "_")): string {
  if (/^[a-z][a-z0-9_]{0,31}$/.test(name)) return name;
  throw new UsageError(
    `the name "${name}" must be 1 to 32 small letters, digits and underscores, a letter first: it is part of names in C`,
  );
}

/** What each feature of a policy is. @throws UsageError for an environment whose features have no names */
function featuresOf({ env }: NetworkPolicy): readonly string[] {
  const features = findProblem(env)?.features;
  if (features !== undefined) return features;
  const possible = problems.filter((problem) => problem.features !== undefined).map(({ id }) => id);
  throw new UsageError(`a policy of ${env} cannot be exported; possible: ${possible.join(", ")}`);
}

/**
 * Turns a trained policy into integers and C, from decisions that it makes on the train split.
 *
 * @param where names the policy in messages
 * @throws what `exportPolicy` throws; Interrupted
 */
export async function integerExport(
  policy: NetworkPolicy,
  where: string,
  options: Omit<ExportOptions, "policy" | "to" | "out">,
): Promise<IntegerExport> {
  const { bits = 16, episodes = 2 } = options;
  const name = nameInC(policy, options.name);
  const names = featuresOf(policy);
  assertExportable(policy, where);
  const player = greedyPolicy(policy.algorithm, policy, findProblem(policy.env), policy.options);
  const play = (split: "train" | "validation") => record(policy, names.length, player, { ...options, split, episodes });
  const recorded = await play("train");
  assertRecorded(names, recorded, where);
  const replayed = await play("validation");
  const network = networkToIntegers(policy, names, recorded, bits);
  const what = `the network of ${policy.algorithm} with ${bits}-bit weights`;
  const files = networkToC({ name, env: policy.env, what, decisions: recorded.decisions }, network, bits);
  return { name, network, files, recorded, replayed };
}

/** Decides all recorded decisions as the C would. */
function decideAll(network: IntegerNetwork, recording: Recording): Int32Array {
  const size = actionsOf(network);
  const actions = new Int32Array(recording.count * size);
  for (let i = 0; i < recording.count; i++) {
    decideInIntegers(network, fixedValues(network, recording, i), actions.subarray(i * size, (i + 1) * size));
  }
  return actions;
}

/** Runs `work` with a temporary folder. */
export function inTemporaryFolder<Result>(work: (folder: string) => Result): Result {
  const folder = makeTemporaryFolder("export");
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
