import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { registry } from "../../envs/index.ts";
import { cNames } from "../export/c_text.ts";
import { compilePolicy, findCompiler, recordedInputs, replay, runCompiled, runRandom } from "../export/compiler.ts";
import { inTemporaryFolder, integerExport } from "../export/export_policy.ts";
import type { WeightBits } from "../export/network_to_integers.ts";
import { findPolicyOfFolder } from "../play/find_policy.ts";
import type { Settings } from "../run/settings.ts";
import { RunError, UsageError } from "../run/usage_error.ts";
import { type BenchResult, collectResults } from "./bench_result.ts";

/** Timed decisions, and decisions whose instructions are counted. Source: choice. */
const TIMED = 200_000;
const COUNTED = 512;

/** What is measured of exported policies. */
export interface ExportedOptions {
  /** Folders of policies or runs. */
  policies: readonly string[];
  bits?: WeightBits;
  /** Random inputs in the search for undefined behaviour. Default 100,000. */
  random?: number;
  /** Episodes of each workload that are recorded. Default 1. */
  episodes?: number;
  /** Settings of the environments in the recorded episodes. */
  options?: Settings;
  signal?: AbortSignal;
}

/**
 * Exports policies to C and measures them: time of a decision, bytes, and where valgrind is there the instructions of a
 * decision. Before that it runs them over recorded decisions of the validation split and over random inputs with the
 * sanitizers for undefined behaviour and bad accesses.
 *
 * @throws UsageError without policies or where there is no C compiler, RunError on a finding; what `integerExport`
 *   throws
 */
export async function benchExported(
  options: ExportedOptions,
  onResult: (result: BenchResult) => void = () => {},
): Promise<BenchResult[]> {
  const { results, report } = collectResults(onResult);
  const { policies, random = 100_000, episodes = 1 } = options;
  if (policies.length === 0) throw new UsageError("bench --exported needs at least one --policy");
  const compiler = findCompiler();
  if (compiler === null) throw new UsageError("bench --exported needs gcc or cc, and there is none");
  // All are loaded before the first is measured, which takes long.
  const loaded = policies.map((folder) => ({ folder, policy: findPolicyOfFolder(folder) }));
  const taken = new Set<string>();
  for (const { folder, policy } of loaded) {
    const made = await integerExport(policy, folder, { ...options, episodes });
    const prefix = prefixOf(policy, taken);
    inTemporaryFolder((place) => {
      const compile = (sanitize: boolean) =>
        compilePolicy(compiler, made.name, made.files, join(place, sanitize ? "sanitized" : "plain"), { sanitize });
      const checked = compile(true);
      replay(checked, made.network, made.replayed);
      runRandom(checked, made.network, random);
      report(`${prefix}_inputs_without_finding`, made.replayed.count + random, "inputs");
      const { object, program } = compile(false);
      const inputs = recordedInputs(made.network, made.replayed);
      const [, median, p99] = /median (-?\d+) p99 (-?\d+)/.exec(
        runCompiled(program, ["time", `${TIMED}`], inputs).toString(),
      )!;
      report(`${prefix}_median`, Number(median), "ns");
      report(`${prefix}_p99`, Number(p99), "ns");
      const { code, data } = sizesOf(object);
      report(`${prefix}_code`, code, "bytes");
      report(`${prefix}_data`, data, "bytes");
      const counted = Math.min(COUNTED, made.replayed.count);
      const few = inputs.subarray(0, (inputs.length / made.replayed.count) * counted);
      const instructions = countInstructions(program, cNames(made.name).function, few, place);
      if (instructions !== null) report(`${prefix}_instructions`, instructions / counted, "instructions");
    });
  }
  return results;
}

/** Beginning of the names of a policy's numbers; with a number behind it where another policy has the same. */
function prefixOf({ env, algorithm }: NetworkPolicy, taken: Set<string>): string {
  const wanted = `${registry.spec(env).alias}/exported_${algorithm}`;
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`;
  taken.add(name);
  return name;
}

/** Bytes of an object's code, and of its constants and variables. */
function sizesOf(object: string): { code: number; data: number } {
  let code = 0;
  let data = 0;
  for (const line of execFileSync("size", ["-A", object], { encoding: "utf8" }).split("\n")) {
    const [section, size] = line.split(/\s+/);
    if (/^\.text/.test(section)) code += Number(size);
    if (/^\.(rodata|data|bss)/.test(section)) data += Number(size);
  }
  return { code, data };
}

/** Instructions inside a function and what it calls, over a whole run; null where valgrind is not there. */
function countInstructions(program: string, name: string, input: Uint8Array, folder: string): number | null {
  const parameters = [
    "--tool=callgrind",
    `--toggle-collect=${name}`,
    `--callgrind-out-file=${join(folder, "callgrind")}`,
  ];
  const { status, error, stderr } = spawnSync("valgrind", [...parameters, program, "replay"], {
    input,
    encoding: "utf8",
  });
  if (error !== undefined) return null;
  const collected = /Collected : (\d+)/.exec(stderr);
  if (status !== 0 || collected === null) throw new RunError(`valgrind could not count instructions: ${stderr.trim()}`);
  return Number(collected[1]);
}
