import type { Command } from "commander";
import { addAgent } from "./agent.ts";
import { addBench } from "./bench.ts";
import { addBenchmark } from "./benchmark.ts";
import { addCheck } from "./check.ts";
import { addEvaluate } from "./evaluate.ts";
import { addExport } from "./export.ts";
import { addLadder } from "./ladder.ts";
import { addList } from "./list.ts";
import { newProgram } from "./new_program.ts";
import { addReport } from "./report.ts";
import { addScoreProgram } from "./score_program.ts";
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
  const program = newProgram();
  addTrain(program);
  addEvaluate(program);
  addSimulate(program);
  addTradeoff(program);
  addExport(program);
  addScoreProgram(program);
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
