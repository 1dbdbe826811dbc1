import { type Command, Option } from "commander";
import type { WeightBits } from "../harness/export/network_to_integers.ts";
import { MOST } from "../harness/run/limits.ts";
import { interruptible } from "./interruptible.ts";
import { type Format, formatOption, printCsv, printJson, printTable, say } from "./output.ts";
import { countOption } from "./parse.ts";
import { Progress } from "./progress.ts";

interface Options {
  policy: string;
  to: "c" | "onnx";
  out?: string;
  bits?: `${WeightBits}`;
  name?: string;
  episodes: number;
  format: Format;
}

/** The command `export`. */
export function addExport(program: Command): void {
  program
    .command("export")
    .description("write a trained policy as integer C that a kernel can run, or as an ONNX model")
    .requiredOption("--policy <dir>", "folder of a run or policy")
    .addOption(new Option("--to <form>", "what to write").choices(["c", "onnx"]).makeOptionMandatory())
    .option("--out <dir>", "folder for the files (default: runs/<env>-export-<time>)")
    .addOption(bitsOption())
    .option("--name <name>", "name in C, as in ring0_<name>_decide (default: the environment's alias)")
    .addOption(episodesOption(2))
    .addOption(formatOption())
    .action(runExport);
}

/** The option `--bits`. */
export function bitsOption(): Option {
  return new Option("--bits <n>", "bits of a network's weight in C (default: 16)").choices(["8", "16"]);
}

/** The option `--episodes` of commands that record a policy. */
export function episodesOption(standard: number): Option {
  return countOption("--episodes <n>", "recorded episodes of each workload", MOST.episodes).default(standard);
}

async function runExport({ format, bits, ...options }: Options): Promise<void> {
  const { exportPolicy } = await import("../harness/export/export_policy.ts");
  const progress = new Progress("recording");
  const { result, exitCode } = await interruptible((signal) =>
    exportPolicy({
      ...options,
      bits: bitsOf(bits),
      signal,
      onEpisode: (done, total) => progress.update(done, total),
    }).finally(() => progress.stop()),
  );
  if (result === null) {
    say("interrupted; nothing was written");
    process.exitCode = exitCode ?? 1;
    return;
  }
  const { agreement, files, folder, compiler, ...rest } = result;
  const compared = {
    replayed: agreement?.decisions ?? null,
    step: agreement?.step ?? null,
    same: agreement?.same ?? null,
    largest_difference: agreement?.largest ?? null,
  };
  const cells = { ...rest, ...compared, compiler, files, folder };
  if (format === "json") printJson(cells);
  else if (format === "csv") printCsv([{ ...cells, files: files.join(" ") }]);
  else
    printTable(
      ["what", "value"],
      Object.entries(cells).map(([name, value]) => [name, `${value ?? ""}`]),
    );
  say(`wrote ${files.join(" and ")} into ${folder}`);
  if (agreement === null) say("it was not compared with the policy: that takes an ONNX runtime");
  else if (compiler === null) say("there is no C compiler: the same integers were compared without compiling the C");
}

/** The number that `--bits` gives. */
export function bitsOf(bits: `${WeightBits}` | undefined): WeightBits | undefined {
  return bits && (Number(bits) as WeightBits);
}
