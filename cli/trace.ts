import { type Command, Option } from "commander";
import { MAX_DEPTH, MOST_ACCESSES, MOST_WINDOWS } from "../harness/run/limits.ts";
import type { ImportFormat, TraceDescription } from "../harness/run/trace_commands.ts";
import { endAtSignals } from "./interruptible.ts";
import { type Format, formatOption, printCsv, printJson, printTable, say } from "./output.ts";
import { countOption } from "./parse.ts";

/** Options that `record` and `import` share. */
interface Cutting {
  out: string;
  kind: "histogram" | "accesses";
  name?: string;
  program?: string;
  windowAccesses?: number;
  maxWindows?: number;
  pageBytes?: number;
  stackDepth?: number;
  skip?: number;
  keep?: number;
  force?: boolean;
}

/** The commands `trace record`, `trace import` and `trace info`. */
export function addTrace(program: Command): void {
  const trace = program.command("trace").description("make, convert and describe workload traces");
  addCutting(
    trace
      .command("record")
      .description("run a program and record its memory accesses; its command line follows --")
      .argument("<command...>", "the program and its arguments")
      .addOption(
        new Option(
          "--method <name>",
          "tsan: the program was built with workloads/recorder/ring0-cc; lackey: any program, under valgrind",
        )
          .choices(["tsan", "lackey"])
          .default("lackey"),
      ),
  ).action(runRecord);
  addCutting(
    trace
      .command("import")
      .description("convert another format into a packed trace")
      .argument("<input>", "file to convert"),
  )
    .addOption(
      new Option(
        "--format <name>",
        "lackey: text of valgrind --tool=lackey --trace-mem=yes; raw: output of recorder.c; pin: pinatrace; dinero; " +
          "memtrace, drmemtrace: DynamoRIO (default: recognised by the content)",
      ).choices(["lackey", "raw", "pin", "dinero", "memtrace", "drmemtrace"]),
    )
    .option("--strict", "refuse lines that are no accesses instead of skipping them")
    .option("--command <text>", "command line of the recorded run")
    .action(runImport);
  trace
    .command("info")
    .description("check a packed trace and describe it")
    .argument("<file>", "packed trace")
    .addOption(formatOption())
    .action(runInfo);
}

function addCutting(command: Command): Command {
  return command
    .requiredOption("--out <file>", "packed trace to write")
    .option("--name <text>", "short name of the trace")
    .option("--program <text>", "program and version")
    .addOption(
      new Option("--kind <name>", "histogram: cache misses by page and window; accesses: page accesses in order")
        .choices(["histogram", "accesses"])
        .default("histogram"),
    )
    .addOption(countOption("--window-accesses <n>", "histogram: cache misses in a window", 2 ** 30))
    .addOption(
      countOption("--max-windows <n>", "histogram: merge windows until at most this many are left", MOST_WINDOWS),
    )
    .addOption(
      countOption("--stack-depth <n>", "accesses: leave out accesses to this many last pages of a thread", MAX_DEPTH),
    )
    .addOption(countOption("--skip <n>", "accesses: recorded accesses to leave out at the start", 2 ** 31, 0))
    .addOption(countOption("--keep <n>", "accesses: most recorded accesses to keep", MOST_ACCESSES))
    .addOption(countOption("--page-bytes <n>", "bytes of a page, a power of two", 2 ** 30))
    .option("--force", "replace the output file if it exists");
}

async function runRecord(
  [command, ...args]: string[],
  options: Cutting & { method: "tsan" | "lackey" },
): Promise<void> {
  endAtSignals();
  const { recordTrace } = await import("../harness/run/trace_commands.ts");
  print(await recordTrace({ ...options, command, args, onNote: say }), "table");
}

async function runInfo(file: string, { format }: { format: Format }): Promise<void> {
  const { describeTrace } = await import("../harness/run/trace_commands.ts");
  print(describeTrace(file), format);
}

async function runImport(
  input: string,
  { out, ...options }: Cutting & { format?: ImportFormat; strict?: boolean; command?: string },
): Promise<void> {
  const { convertTrace } = await import("../harness/run/trace_commands.ts");
  print(await convertTrace({ ...options, input, output: out, onNote: say }), "table");
}

function print(description: TraceDescription, format: Format): void {
  const { filter, ...rest } = { filter: {}, ...description };
  const flat = { ...rest, ...filter };
  if (format === "json") printJson(description);
  else if (format === "csv") printCsv([flat]);
  else
    printTable(
      ["", description.name],
      Object.entries(flat).map(([name, value]) => [name, `${value}`]),
    );
}
