import { Worker } from "node:worker_threads";
import { OWN_IDS } from "../../envs/index.ts";
import { yieldToEventLoop } from "../run/interrupt.ts";
import { threadUrl } from "../run/thread_url.ts";
import { playRivals, type RivalProgress, type RivalResults, type RivalTask } from "./rivals.ts";

/** A message from the thread: its progress, or at the end its results. */
export type RivalMessage = RivalProgress | { results: RivalResults };

/** An evaluation of rivals beside other work. */
export interface RunningRivals {
  /** Rejects with what the evaluation threw. */
  readonly results: Promise<RivalResults>;
  /** Episodes played so far and their total; both 0 until the first episode ends. */
  readonly progress: RivalProgress;
  /** Ends the evaluation, whether it is finished or not. */
  stop(): Promise<unknown>;
}

/**
 * Evaluates the rivals in a separate thread: training uses only one core, and the rivals' results do not depend on it.
 * A thread does not know an environment that the user registered, so its rivals play in this thread, from when
 * `results` is read.
 *
 * @param onEpisode called after every episode
 */
export function startRivals(task: RivalTask, onEpisode: () => void = () => {}): RunningRivals {
  return OWN_IDS.has(task.env) ? inThread(task, onEpisode) : inPlace(task, onEpisode);
}

function inThread(task: RivalTask, onEpisode: () => void): RunningRivals {
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

function inPlace(task: RivalTask, onEpisode: () => void): RunningRivals {
  const progress = { done: 0, total: 0 };
  const controller = new AbortController();
  let results: Promise<RivalResults> | null = null;
  const play = async (): Promise<RivalResults> => {
    const rivals = playRivals(task);
    for (;;) {
      const { done, value } = rivals.next();
      if (done) return value;
      Object.assign(progress, value);
      onEpisode();
      await yieldToEventLoop(controller.signal);
    }
  };
  return {
    get results() {
      results ??= play();
      results.catch(() => {});
      return results;
    },
    progress,
    stop: async () => controller.abort(),
  };
}
