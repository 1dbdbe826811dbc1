import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunError } from "../run/usage_error.ts";
import { type CFiles, cNames } from "./c_text.ts";
import { fixedValues } from "./fixed_values.ts";
import { actionsOf, type FixedInterface, inputsOf } from "./integer_policy.ts";
import type { Recording } from "./recording.ts";

/** Flags that every exported policy compiles with. Kernels use neither SSE nor floating point in such places. */
export const KERNEL_FLAGS: readonly string[] = [
  "-std=c11",
  "-O2",
  "-Wall",
  "-Wextra",
  "-Werror",
  ...({ x64: ["-mno-sse", "-mno-mmx"], arm64: ["-mgeneral-regs-only"] }[process.arch as string] ?? []),
  "-ffreestanding",
];

/** Flags that look for undefined behaviour and for accesses outside arrays, and end the program at the first. */
export const SANITIZER_FLAGS: readonly string[] = [
  "-std=c11",
  "-O1",
  "-g",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-fsanitize=undefined,address",
  "-fno-sanitize-recover=all",
];

/** Longest output of a compiled policy, bytes. */
const MOST_OUTPUT = 2 ** 28;

/** The C compiler of this machine, `gcc` or else `cc`; null where there is none. */
export function findCompiler(): string | null {
  return ["gcc", "cc"].find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0) ?? null;
}

/** A compiled policy: the object of the policy alone, and a program that runs it. */
export interface CompiledPolicy {
  object: string;
  /** The program of export/harness.c. */
  program: string;
}

/**
 * Compiles an exported policy and a program that runs it.
 *
 * @param name name of the policy in C
 * @param folder receives all files
 * @param flags those of the policy; the program around it is compiled with `sanitize` or without
 * @throws RunError with the compiler's own message
 */
export function compilePolicy(
  compiler: string,
  name: string,
  { header, source }: CFiles,
  folder: string,
  { sanitize = false } = {},
): CompiledPolicy {
  const { file, prefix, function: decide } = cNames(name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${file}.h`), header);
  writeFileSync(join(folder, `${file}.c`), source);
  const object = join(folder, `${file}.o`);
  compile(compiler, [...(sanitize ? SANITIZER_FLAGS : KERNEL_FLAGS), "-c", join(folder, `${file}.c`), "-o", object]);
  const program = join(folder, "harness");
  compile(compiler, [
    ...(sanitize ? SANITIZER_FLAGS : ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2"]),
    "-D_POSIX_C_SOURCE=200809L",
    `-I${folder}`,
    `-DPOLICY_HEADER="${file}.h"`,
    `-DDECIDE=${decide}`,
    `-DINPUTS=${prefix}_INPUTS`,
    `-DACTIONS=${prefix}_ACTIONS`,
    harnessSource(),
    object,
    "-o",
    program,
  ]);
  return { object, program };
}

/** Runs a compiler. @throws RunError with its message */
export function compile(compiler: string, flags: readonly string[]): void {
  try {
    execFileSync(compiler, flags, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    throw new RunError(`${compiler} refused what was exported: ${stderr?.toString().trim() ?? error}`);
  }
}

/**
 * Runs the program of a compiled policy.
 *
 * @param input what it reads from standard input
 * @returns what it wrote to standard output
 * @throws RunError when it ends with an error, as on a finding of a sanitizer
 */
export function runCompiled(
  program: string,
  parameters: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Buffer {
  const { status, signal, stdout, stderr, error } = spawnSync(program, parameters, { input, maxBuffer: MOST_OUTPUT });
  if (status === 0) return stdout;
  throw new RunError(`the exported policy failed (${signal ?? status ?? error}): ${stderr?.toString().trim()}`);
}

/** What a compiled policy decided. */
export interface Replayed {
  /** [decisions, numbers of an action] */
  actions: Int32Array;
  /** What it returned in each. */
  results: Int32Array;
}

/** Runs a compiled policy over recorded decisions. */
export function replay(
  { program }: Pick<CompiledPolicy, "program">,
  shape: FixedInterface,
  recording: Recording,
): Replayed {
  return runInputs({ program }, shape, recordedInputs(shape, recording));
}

/** Runs a compiled policy over inputs, one after another as `recordedInputs` makes them. */
export function runInputs(
  { program }: Pick<CompiledPolicy, "program">,
  shape: FixedInterface,
  inputs: Uint8Array,
): Replayed {
  return split(runCompiled(program, ["replay"], inputs), actionsOf(shape));
}

/** Runs a compiled policy over `count` random inputs. */
export function runRandom({ program }: CompiledPolicy, shape: FixedInterface, count: number): Replayed {
  return split(runCompiled(program, ["random", `${count}`]), actionsOf(shape));
}

/** What the program reads for recorded decisions. */
export function recordedInputs(shape: FixedInterface, recording: Recording): Uint8Array {
  const length = inputsOf(shape);
  const inputs = new Int32Array(recording.count * length);
  for (let i = 0; i < recording.count; i++) inputs.set(fixedValues(shape, recording, i), i * length);
  return new Uint8Array(inputs.buffer);
}

/** Separates actions and results: the program writes the numbers of an action, then the result. */
function split(output: Buffer, size: number): Replayed {
  const count = output.length / (4 * (size + 1));
  const actions = new Int32Array(count * size);
  const results = new Int32Array(count);
  const numbers = new Int32Array(output.buffer.slice(output.byteOffset, output.byteOffset + output.length));
  for (let i = 0; i < count; i++) {
    const at = i * (size + 1);
    actions.set(numbers.subarray(at, at + size), i * size);
    results[i] = numbers[at + size];
  }
  return { actions, results };
}

/** The file export/harness.c, beside the sources or in the package. */
function harnessSource(): string {
  const fromSource = fileURLToPath(new URL("../../export/harness.c", import.meta.url));
  return existsSync(fromSource) ? fromSource : fileURLToPath(new URL("../../../export/harness.c", import.meta.url));
}
