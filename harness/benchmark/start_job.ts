import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { RunError } from "../run/usage_error.ts";
import type { Job } from "./plan.ts";

/** What a process is told first. */
export interface JobTask {
  job: Job;
  /** Where it writes. */
  folder: string;
  /** Of the code, for the results. */
  version: string;
}

/** Everything a process is told. */
export type JobWord = JobTask | "stop";

/** What a process says. */
export type JobMessage = { share: number } | { ended: "done" | "interrupted" } | { ended: "failed"; message: string };

/** A job that runs. */
export interface RunningJob {
  readonly job: Job;
  /** How it ended. Rejects with a RunError that names the job and says why it failed. */
  readonly ended: Promise<"done" | "interrupted">;
  /** Share that is done, 0 to 1. */
  readonly share: number;
  /** Asks it to save and end. */
  stop(): void;
  /** Ends it at once; what was saved before stays. */
  kill(): void;
}

/** Starts a job in a process of its own: tfjs has one backend a process, and a process that ends leaves nothing behind. */
export function startJob(task: JobTask): RunningJob {
  const extension = extname(import.meta.url);
  const child = fork(fileURLToPath(new URL(`./job_worker${extension}`, import.meta.url)), {
    // From source tsx must be loaded first; a build is plain JavaScript.
    execArgv: extension === ".ts" ? ["--import", import.meta.resolve("tsx")] : [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const say = (word: JobWord): void => {
    if (child.connected) child.send(word);
  };
  let share = 0;
  const ended = new Promise<"done" | "interrupted">((resolve, reject) => {
    const fail = (why: string) => reject(new RunError(`the job ${task.job.name} failed: ${why}`));
    child.on("message", (message: JobMessage) => {
      if ("share" in message) share = message.share;
      else if (message.ended === "failed") fail(message.message);
      else resolve(message.ended);
    });
    child.once("error", ({ message }) => fail(message));
    child.once("exit", (code, signal) => fail(`its process ended with ${signal ?? `exit code ${code}`}`));
  });
  // Whoever waits for the end hears of a failure then.
  ended.catch(() => {});
  say(task);
  return {
    job: task.job,
    ended,
    get share() {
      return share;
    },
    stop: () => say("stop"),
    kill: () => child.kill("SIGKILL"),
  };
}
