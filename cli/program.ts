import { Command } from "commander";
import { VERSION } from "../harness/run/versions.ts";
import { addAgent } from "./agent.ts";
import { addBench } from "./bench.ts";
import { addBenchmark } from "./benchmark.ts";
import { addCheck } from "./check.ts";
import { addEvaluate } from "./evaluate.ts";
import { addLadder } from "./ladder.ts";
import { addList } from "./list.ts";
import { collect } from "./parse.ts";
import { printableLine } from "./printable.ts";
import { addReport } from "./report.ts";
import { addServe } from "./serve.ts";
import { addSimulate } from "./simulate.ts";
import { addTrace } from "./trace.ts";
import { addTradeoff } from "./tradeoff.ts";
import { addTrain } from "./train.ts";
import { addTrainKml } from "./train_kml.ts";
import { addTune } from "./tune.ts";
import { addValidate } from "./validate.ts";

/**
 * Creates all commands. A command loads the harness when it runs: loading its libraries takes longer than refusing bad
 * usage.
 */
export function createProgram(): Command {
  const program = new Command("ring0-gym")
    .description("Reinforcement-learning environments for kernel policies")
    .version(VERSION)
    .exitOverride()
    // An error is one line: the suggestion follows the error on the same line.
    .configureOutput({ outputError: (text, write) => write(`${printableLine(text.trim().replaceAll("\n", " "))}\n`) })
    .helpCommand(false)
    .option("--import <module>", "import a module first, e.g. one that registers an environment", collect)
    .hook("preAction", (root) => {
      const { import: modules } = root.opts<{ import?: string[] }>();
      // A command without any must not wait for what imports them.
      return modules === undefined ? undefined : importAsked(modules);
    })
    .addHelpText("after", "\nExit codes: 0 done, 1 failed or a check did not hold, 2 bad usage.");
  addTrain(program);
  addEvaluate(program);
  addSimulate(program);
  addTradeoff(program);
  addLadder(program);
  addBenchmark(program);
  addReport(program);
  addTune(program);
  addTrainKml(program);
  addValidate(program);
  addAgent(program);
  addServe(program);
  addTrace(program);
  addList(program);
  addCheck(program);
  addBench(program);
  return program;
}

async function importAsked(modules: readonly string[]): Promise<void> {
  const { importModules } = await import("../harness/run/import_modules.ts");
  await importModules(modules);
}
