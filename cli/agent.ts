import { type Command, Option } from "commander";
import { interruptible } from "./interruptible.ts";
import { say } from "./output.ts";
import { parseWhole } from "./parse.ts";

interface Options {
  env: string;
  policy: string;
  connect?: string;
  directory?: string;
  model?: string;
  seed: number;
}

/** The command `agent`. */
export function addAgent(program: Command): void {
  program
    .command("agent")
    .description("serve a policy in user space to a kernel that runs in another process")
    .requiredOption("--env <name>", "environment that the kernel runs, by id or alias")
    .requiredOption("--policy <dir|random>", "folder of a run or policy, or random for random actions")
    .addOption(new Option("--connect <socket>", "Unix domain socket of the kernel").conflicts("directory"))
    .option("--directory <dir>", "folder with the kernel's files <model>/control and device")
    .option("--model <name>", "name of the model in that folder (default: ml_model1)")
    .option("--seed <n>", "seed of random actions", parseWhole, 0)
    .action(runAgent);
}

async function runAgent(options: Options): Promise<void> {
  const { servePolicy } = await import("../harness/process/serve_policy.ts");
  const { result, exitCode } = await interruptible((signal) => servePolicy({ ...options, signal }));
  const { answered, skipped, feedback } = result;
  say(`answered ${answered} operations, skipped ${skipped}, received feedback on ${feedback} blocks`);
  if (exitCode !== null) process.exitCode = exitCode;
}
