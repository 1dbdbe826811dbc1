import { type StdioOptions, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import type { Trace } from "../format/trace_format.ts";
import { describeTrace, type TraceDescription } from "./describe_trace.ts";
import { DEFAULT_FILTER } from "./llc_filter.ts";
import { readLackeyAccesses, readRawAccesses } from "./read_accesses.ts";
import { limitWindows, readLackeyHistogram, readRawHistogram } from "./read_histogram.ts";
import { accessCut, assertRecordingOptions, type RecordingOptions } from "./recording_options.ts";
import { assertWritable, writeTrace } from "./trace_file.ts";
import type { TraceLabels } from "./trace_labels.ts";

/** What to record. */
export interface RecordOptions extends RecordingOptions {
  /** The program: a path, or a name on PATH. */
  command: string;
  args: readonly string[];
  /** Packed trace to write. */
  out: string;
  /**
   * `tsan`: the program was built with `ring0-cc` (fast, sees what was built so).
   * `lackey`: any program, under valgrind (far slower, sees everything).
   */
  method: "tsan" | "lackey";
  /** Default: the command's file name. */
  name?: string;
  /** Program and version. Default: the command's file name. */
  program?: string;
  /** Working folder of the program. Default: the current one. */
  cwd?: string;
}

/** Descriptor on which valgrind writes its log, out of the way of what programs use. */
const LOG_FD = 9;

/**
 * Runs a program and records it as a packed trace. The program reads our standard input; what it prints to either
 * stream goes to our standard error.
 *
 * @throws Error if the program cannot be started, fails or records nothing; nothing is written then
 * @throws OutputExistsError if the output exists and `force` is not set
 */
export async function recordProgram(options: RecordOptions): Promise<TraceDescription> {
  const { command, args, out, method, force = false } = options;
  assertRecordingOptions(options);
  assertWritable(out, force);
  const labels: TraceLabels = {
    name: options.name ?? basename(command),
    program: options.program ?? basename(command),
    command: [command, ...args].join(" "),
    method: method === "tsan" ? "tsan hooks" : "valgrind lackey",
  };
  const trace = await (method === "tsan" ? recordHooks(options, labels) : recordLackey(options, labels));
  writeTrace(out, trace, force);
  return describeTrace(out);
}

async function recordHooks(options: RecordOptions, labels: TraceLabels): Promise<Trace> {
  const { command, args, cwd, kind = "histogram" } = options;
  const folder = mkdtempSync(join(tmpdir(), "ring0-record-"));
  try {
    const raw = join(folder, "raw.txt");
    const settings = { RING0_TRACE: raw, RING0_KIND: kind, ...hookSettings(options) };
    const child = spawn(command, args, { cwd, env: { ...process.env, ...settings }, stdio: ["inherit", 2, 2] });
    await ended(child, command);
    if (!existsSync(raw))
      throw new Error(`${command} recorded nothing: build it with ring0-cc, or record it with lackey`);
    return kind === "accesses"
      ? await readRawAccesses(raw, labels)
      : limitWindows(await readRawHistogram(raw, labels), options.maxWindows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The environment by which recorder.c takes the options. */
function hookSettings(options: RecordOptions): Record<string, string> {
  if (options.kind === "accesses") {
    const { pageBytes, stackDepth, skip = 0, keep } = accessCut(options);
    return {
      RING0_PAGE: `${pageBytes}`,
      RING0_DEPTH: `${stackDepth}`,
      RING0_SKIP: `${skip}`,
      ...(keep === undefined ? {} : { RING0_KEEP: `${keep}` }),
    };
  }
  const { windowAccesses = 20_000, pageBytes = 4096, filter = DEFAULT_FILTER } = options;
  return {
    RING0_WINDOW: `${windowAccesses}`,
    RING0_PAGE: `${pageBytes}`,
    RING0_LINE: `${filter.lineBytes}`,
    RING0_SETS: `${filter.sets}`,
    RING0_WAYS: `${filter.ways}`,
  };
}

async function recordLackey(options: RecordOptions, labels: TraceLabels): Promise<Trace> {
  const { command, args, cwd, kind, keep } = options;
  const stdio: StdioOptions = ["inherit", 2, 2];
  while (stdio.length < LOG_FD) stdio.push("ignore");
  stdio.push("pipe");
  const flags = ["--tool=lackey", "--trace-mem=yes", `--log-fd=${LOG_FD}`, "--", command, ...args];
  const child = spawn("valgrind", flags, { cwd, stdio });
  const exit = ended(child, `valgrind ${command}`);
  // Whatever comes of it is asked for below; until then a rejection is not unhandled.
  exit.catch(() => undefined);
  const log = (child.stdio as readonly unknown[])[LOG_FD] as Readable;
  const source = "valgrind's output";
  try {
    if (kind === "accesses") {
      const trace = await readLackeyAccesses(log, labels, accessCut(options), source);
      if (trace.header.accesses === keep) {
        // All that was asked for is there: the rest of the run need not be waited for.
        child.kill("SIGKILL");
        await exit.catch(() => undefined);
      } else {
        await exit;
      }
      return trace;
    }
    const trace = await readLackeyHistogram(log, labels, options, source);
    await exit;
    return limitWindows(trace, options.maxWindows);
  } catch (error) {
    if (log.readableEnded) {
      // A log that ended too early is explained best by how the program ended.
      await exit;
    } else {
      child.kill();
    }
    throw error;
  }
}

/** Resolves when the program has ended well; rejects with what happened otherwise. */
function ended(child: ReturnType<typeof spawn>, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`cannot start ${command}: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${signal === null ? `exit code ${code}` : `signal ${signal}`}`));
    });
  });
}
