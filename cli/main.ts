#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { describeError } from "../harness/run/describe_error.ts";
import { VERSION } from "../harness/run/versions.ts";
import { addAgent } from "./agent.ts";
import { addBench } from "./bench.ts";
import { addBenchmark } from "./benchmark.ts";
import { addCheck } from "./check.ts";
import { addEvaluate } from "./evaluate.ts";
import { addLadder } from "./ladder.ts";
import { addList } from "./list.ts";
import { say } from "./output.ts";
import { addReport } from "./report.ts";
import { addSimulate } from "./simulate.ts";
import { addTrace } from "./trace.ts";
import { addTradeoff } from "./tradeoff.ts";
import { addTrain } from "./train.ts";
import { addTrainKml } from "./train_kml.ts";
import { addTune } from "./tune.ts";
import { addValidate } from "./validate.ts";

/** Commander's codes for a requested help or version text. */
const ANSWERED = ["commander.helpDisplayed", "commander.version"];

/**
 * Creates all commands. A command loads the harness when it runs: loading its libraries takes longer than refusing bad
 * usage.
 */
function createProgram(): Command {
  const program = new Command("ring0-gym")
    .description("Reinforcement-learning environments for kernel policies")
    .version(VERSION)
    .exitOverride()
    // An error is one line: the suggestion follows the error on the same line.
    .configureOutput({ outputError: (text, write) => write(`${text.trim().replaceAll("\n", " ")}\n`) })
    .helpCommand(false)
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
  addTrace(program);
  addList(program);
  addCheck(program);
  addBench(program);
  return program;
}

/** Runs the command line. Returns its exit code, or undefined if the command has set one. */
async function main(args: readonly string[]): Promise<number | undefined> {
  const program = createProgram();
  if (args.length === 0) {
    program.outputHelp({ error: true });
    return 2;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return ANSWERED.includes(error.code) ? 0 : 2;
    const { message, exitCode, expected } = describeError(error);
    if (process.env.RING0_DEBUG === "1") say(error instanceof Error ? (error.stack ?? message) : message);
    else say(expected ? `error: ${message}` : `unexpected error: ${message} (set RING0_DEBUG=1 for the stack)`);
    return exitCode;
  }
}

// A reader such as head or less closes the pipe when it has seen enough. That is not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") say(`error: cannot write to the standard output: ${error.message}`);
  process.exit(error.code === "EPIPE" ? 0 : 1);
});
// If nobody reads the messages, the command continues.
process.stderr.on("error", () => {});

const exitCode = await main(process.argv.slice(2));
if (exitCode !== undefined) process.exitCode = exitCode;
