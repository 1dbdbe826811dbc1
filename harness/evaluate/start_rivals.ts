import { Worker } from "node:worker_threads";
import { threadUrl } from "../run/thread_url.ts";
import type { RivalResults, RivalTask } from "./rivals.ts";

/** A message from the thread: its progress, or at the end its results. */
export type RivalMessage = { done: number; total: number } | { results: RivalResults };

/** An evaluation of rivals that runs in another thread. */
export interface RunningRivals {
  /** Rejects with what the thread threw. */
  readonly results: Promise<RivalResults>;
  /** Episodes played so far and their total; both 0 until the first episode ends. */
  readonly progress: { done: number; total: number };
  /** Ends the thread, whether it is finished or not. */
  stop(): Promise<unknown>;
}

/**
 * Evaluates the rivals in a separate thread: training uses only one core, and the rivals' results do not depend on it.
 *
 * @param onEpisode called after every episode
 */
export function startRivals(task: RivalTask, onEpisode: () => void = () => {}): RunningRivals {
  const worker = new Worker(threadUrl("rivals_worker", import.meta.url), { workerData: task, execArgv: [] });
  const progress = { done: 0, total: 0 };
  const results = new Promise<RivalResults>((resolve, reject) => {
    worker.on("message", (message: RivalMessage) => {
      if ("results" in message) return resolve(message.results);
      Object.assign(progress, message);
      onEpisode();
    });
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the evaluation of the rivals ended with exit code ${code}`)));
  });
  // Keeps Node from ending the process over a rejection that the caller has not awaited yet.
  results.catch(() => {});
  return { results, progress, stop: () => worker.terminate() };
}
