import { Worker } from "node:worker_threads";
import { RunError } from "./usage_error.ts";

/** Time between two looks at the parent, ms. Source: choice; a process outlives its parent by no more than this. */
const INTERVAL_MS = 50;

/**
 * Code of the thread. It is text and no file, so that it starts without a loader, also from one bundled file. SIGKILL,
 * because nothing else ends a process whose main thread never returns to its event loop.
 */
const WATCH = `
  const { parent, interval } = require("node:worker_threads").workerData;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, interval);
`;

/**
 * Makes this process end soon after its parent, even if the parent was killed and even during long work: a thread looks
 * after the parent.
 *
 * @returns throws a RunError if the parent has ended. Call it before every write.
 */
export function dieWithParent(): () => void {
  const parent = process.ppid;
  const workerData = { parent, interval: INTERVAL_MS };
  // Its output is its own: connecting it would open the standard streams of this process.
  new Worker(WATCH, { eval: true, workerData, execArgv: [], stdout: true, stderr: true }).unref();
  return () => {
    if (process.ppid !== parent) throw new RunError(`the process ${parent}, which started this one, has ended`);
  };
}
