import type { Command } from "commander";
import type { BenchResult } from "../harness/bench/bench_result.ts";
import type { WeightBits } from "../harness/export/network_to_integers.ts";
import { UsageError } from "../harness/run/usage_error.ts";
import { bitsOf, bitsOption } from "./export.ts";
import { type Format, formatOption, printCsv, printJson, printTable, say } from "./output.ts";
import { collect } from "./parse.ts";

interface Options {
  exported?: boolean;
  python?: string | true;
  training?: boolean;
  policy?: string[];
  bits?: `${WeightBits}`;
  format: Format;
}

/** The command `bench`. */
export function addBench(program: Command): void {
  program
    .command("bench")
    .description(
      "measure the throughput of environments, agents, policies and heuristics, exported policies, or the bridge to Python",
    )
    .option("--exported", "export policies to C, check and measure them instead")
    .option("--python [interpreter]", "compare with the Python package instead (default: RING0_PYTHON, or python3)")
    .option("--training", "with --python: also compare trainings with Stable-Baselines3, which takes minutes")
    .option("--policy <dir>", "folder of a run or policy to export; may be given several times", collect)
    .addOption(bitsOption())
    .addOption(formatOption("json"))
    .action(runBench);
}

async function runBench({ format, ...options }: Options): Promise<void> {
  const results = await measure(options, ({ name, value, unit }) => say(`${name}: ${value} ${unit}`));
  if (format === "json") printJson(results);
  else if (format === "csv") printCsv(results);
  else {
    printTable(
      ["name", "value", "unit"],
      results.map(({ name, value, unit }) => [name, `${value}`, unit]),
    );
  }
}

async function measure(
  { exported = false, python, training = false, policy, bits }: Omit<Options, "format">,
  onResult: (result: BenchResult) => void,
): Promise<BenchResult[]> {
  if (exported && python !== undefined) throw new UsageError("--exported and --python are two benchmarks: give one");
  if (training && python === undefined) throw new UsageError("--training is for bench --python");
  if (python !== undefined) {
    if (policy !== undefined) throw new UsageError("--policy is for bench --exported");
    const { benchPython } = await import("../harness/bench/python.ts");
    const interpreter = python === true ? (process.env.RING0_PYTHON ?? "python3") : python;
    return benchPython({ python: interpreter, training }, onResult);
  }
  if (!exported) {
    if (policy !== undefined) throw new UsageError("--policy is for bench --exported");
    const { bench } = await import("../harness/bench/bench.ts");
    return bench(onResult);
  }
  const { benchExported } = await import("../harness/bench/exported.ts");
  return benchExported({ policies: policy ?? [], bits: bitsOf(bits) }, onResult);
}
