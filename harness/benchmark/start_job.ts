import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { RunError } from "../run/usage_error.ts";
import { LostCell } from "./executors/executor.ts";
import type { Job } from "./plan.ts";

/** The first message to a process. */
export interface JobTask {
  job: Job;
  /** The folder that it writes into. */
  folder: string;
  /** Version of the code, for the results. */
  version: string;
}

/** A message to a process. */
export type JobWord = JobTask | "stop";

/** A message from a process. */
export type JobMessage = { share: number } | { ended: "done" | "interrupted" } | { ended: "failed"; message: string };

/** A running job. */
export interface RunningJob {
  /** How it ended. Rejects with a RunError that names the job and the reason of its failure; a LostCell without one. */
  readonly ended: Promise<"done" | "interrupted">;
  /** The share that is done, 0 to 1. */
  readonly share: number;
  /** Asks it to save its work and end. */
  stop(): void;
  /** Ends it at once. Work that was saved before stays. */
  kill(): void;
}

/**
 * Starts a job in a process of its own: tfjs has one backend for each process, and a process frees all memory at its
 * end.
 */
export function startJob(task: JobTask): RunningJob {
  const extension = extname(import.meta.url);
  const child = fork(fileURLToPath(new URL(`./job_worker${extension}`, import.meta.url)), {
    // TypeScript needs tsx; a build is plain JavaScript.
    execArgv: extension === ".ts" ? ["--import", import.meta.resolve("tsx")] : [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const say = (word: JobWord): void => {
    // A process that has just ended tells so by its exit.
    if (child.connected) child.send(word, () => {});
  };
  let share = 0;
  const ended = new Promise<"done" | "interrupted">((resolve, reject) => {
    const text = (why: string) => `the job ${task.job.name} failed: ${why}`;
    const lose = (how: string) => reject(new LostCell(text(how)));
    child.on("message", (message: JobMessage) => {
      if ("share" in message) share = message.share;
      else if (message.ended === "failed") reject(new RunError(text(message.message)));
      else resolve(message.ended);
    });
    child.once("error", ({ message }) => lose(message));
    child.once("exit", (code, signal) => lose(`its process ended with ${signal ?? `exit code ${code}`}`));
  });
  // A failure is reported to the caller that awaits `ended`.
  ended.catch(() => {});
  say(task);
  return {
    ended,
    get share() {
      return share;
    },
    stop: () => say("stop"),
    kill: () => child.kill("SIGKILL"),
  };
}
