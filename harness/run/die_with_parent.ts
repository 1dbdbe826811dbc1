import { Worker } from "node:worker_threads";
import { threadUrl } from "./thread_url.ts";
import { RunError } from "./usage_error.ts";

/** Time between two looks at the parent, ms. Source: choice; a process outlives its parent by no more than this. */
const INTERVAL_MS = 50;

/**
 * Makes this process end soon after its parent, even if the parent was killed and even during long work: a thread looks
 * after the parent.
 *
 * @returns throws a RunError if the parent has ended. Call it before every write.
 */
export function dieWithParent(): () => void {
  const parent = process.ppid;
  const workerData = { parent, interval: INTERVAL_MS };
  new Worker(threadUrl("watch_parent_thread", import.meta.url), { workerData, execArgv: [] }).unref();
  return () => {
    if (process.ppid !== parent) throw new RunError(`the process ${parent}, which started this one, has ended`);
  };
}
