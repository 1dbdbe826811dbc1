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
   * `tsan`: the program was built with `ring0-cc` (fast; records only code that was built this way). `lackey`: any
   * program, under valgrind (far slower; records everything).
   */
  method: "tsan" | "lackey";
  /** Default: the file name of the command. */
  name?: string;
  /** Program and version. Default: the file name of the command. */
  program?: string;
  /** Working folder of the program. Default: the current folder. */
  cwd?: string;
  /** Receives what the user should know about the recording, such as threads that it cannot tell apart. */
  onNote?: (note: string) => void;
}

/** File descriptor of valgrind's log, above the descriptors that programs usually use. */
const LOG_FD = 9;

/**
 * Runs a program and records it as a packed trace. The program reads our standard input. Both of its output streams go
 * to our standard error.
 *
 * @throws Error if the program cannot be started, fails or records nothing; then nothing is written
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
  const folder = mkdtempSync(join(tmpdir(), `ring0-record-${process.pid}-`));
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

/** The environment variables that pass the options to recorder.c. */
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
  // The scheduler's messages show whether the program has threads.
  const flags = ["--tool=lackey", "--trace-mem=yes", "--trace-sched=yes", `--log-fd=${LOG_FD}`, "--", command, ...args];
  const child = spawn("valgrind", flags, { cwd, stdio });
  const exit = ended(child, `valgrind ${command}`);
  // `exit` is awaited below. Until then, its rejection must not count as unhandled.
  exit.catch(() => undefined);
  const log = (child.stdio as readonly unknown[])[LOG_FD] as Readable;
  const source = "valgrind's output";
  const reading = { onNote: options.onNote };
  try {
    if (kind === "accesses") {
      const trace = await readLackeyAccesses(log, labels, accessCut(options), source, reading);
      if (trace.header.accesses === keep) {
        // All requested accesses are recorded: do not wait for the rest of the run.
        child.kill("SIGKILL");
        await exit.catch(() => undefined);
      } else {
        await exit;
      }
      return trace;
    }
    const trace = await readLackeyHistogram(log, labels, options, source, reading);
    await exit;
    return limitWindows(trace, options.maxWindows);
  } catch (error) {
    if (log.readableEnded) {
      // If the log ended too early, the way in which the program ended explains it best.
      await exit;
    } else {
      child.kill();
    }
    throw error;
  }
}

/** Resolves if the program exits with code 0; rejects with the exit code or signal otherwise. */
function ended(child: ReturnType<typeof spawn>, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`cannot start ${command}: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${signal === null ? `exit code ${code}` : `signal ${signal}`}`));
    });
  });
}
