import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { threadUrl } from "../harness/run/thread_url.ts";
import { endAtOnce } from "./end_at_once.ts";
import { EXIT_CODES, type Stop } from "./interruptible.ts";

/** What a stream of this process says about its terminal. */
interface Terminal {
  isTTY?: boolean;
  columns?: number;
}

/** The input of the thread. */
export interface CommandTask {
  argv: string[];
  terminal: { stdout: Terminal; stderr: Terminal };
}

/**
 * Runs the command line in a thread, so that this one is free to handle signals: the parts of a training or an episode
 * last seconds. The first SIGINT or SIGTERM goes to the command, which saves its work; the second ends the process at
 * once.
 *
 * @returns the exit code
 */
export async function runInThread(argv: string[]): Promise<number> {
  const { stdout, stderr } = process;
  const workerData: CommandTask = { argv, terminal: { stdout: terminalOf(stdout), stderr: terminalOf(stderr) } };
  const thread = new Worker(threadUrl("command_thread", import.meta.url), { workerData });
  let stopped = false;
  for (const name of Object.keys(EXIT_CODES) as Stop[]) {
    process.on(name, () => {
      if (stopped) endAtOnce(EXIT_CODES[name]);
      stopped = true;
      thread.postMessage(name);
    });
  }
  thread.on("error", (error) => {
    throw error;
  });
  const [exitCode] = await once(thread, "exit");
  return exitCode;
}

function terminalOf({ isTTY, columns }: NodeJS.WriteStream): Terminal {
  return { isTTY, columns };
}
