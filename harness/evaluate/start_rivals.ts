import { Worker } from "node:worker_threads";
import { threadUrl } from "../run/thread_url.ts";
import type { RivalResults, RivalTask } from "./rivals.ts";

/** What the thread says: how far it is, and at the end what it found. */
export type RivalMessage = { done: number; total: number } | { results: RivalResults };

/** Rivals that are being evaluated on another core. */
export interface RunningRivals {
  /** Rejects with what the thread threw. */
  readonly results: Promise<RivalResults>;
  /** Episodes played, and to play in all; 0 until the first is played. */
  readonly progress: { done: number; total: number };
  /** Ends the thread, finished or not. */
  stop(): Promise<unknown>;
}

/**
 * Evaluates a learner's rivals in a thread of their own, because training uses one core and their results do not depend on
 * it.
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
  // Whoever waits for the results hears of a failure then; until then nobody does.
  results.catch(() => {});
  return { results, progress, stop: () => worker.terminate() };
}
