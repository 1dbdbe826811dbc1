import { Worker } from "node:worker_threads";

/** Longest time of one call of a program, ms. Source: choice, thousands of times what a rule takes. */
export const MOST_CALL_MS = 2000;

/** Most memory of the process, bytes. Source: choice; the simulators take up to 0.5 GB. */
export const MOST_MEMORY = 1.5 * 2 ** 30;

/** Time between two looks, ms. */
const INTERVAL_MS = 50;

/** File descriptor on which the process says why it was ended; its parent listens. */
export const REASON_DESCRIPTOR = 3;

/** Number of calls into and out of programs: odd while a program runs. */
export const calls = new Int32Array(new SharedArrayBuffer(4));

/**
 * Code of the thread. It is text and no file, so that it starts without a loader. SIGKILL, because nothing else ends a
 * process whose main thread never returns to its event loop.
 */
const WATCH = `
  const { writeSync } = require("node:fs");
  const { calls, interval, mostCall, mostMemory, deadline, descriptor } = require("node:worker_threads").workerData;
  const end = (reason) => {
    try {
      writeSync(descriptor, reason);
    } catch {}
    process.kill(process.pid, "SIGKILL");
  };
  let last = -1;
  let since = Date.now();
  setInterval(() => {
    const now = Date.now();
    const seen = Atomics.load(calls, 0);
    if (seen !== last) {
      last = seen;
      since = now;
    }
    if (seen % 2 !== 0 && now - since > mostCall) end("a call of the program took more than " + mostCall / 1000 + " s");
    if (process.memoryUsage.rss() > mostMemory) end("the program took more than " + mostMemory / 2 ** 30 + " GB of memory");
    if (now > deadline) end("the budget of time is used up");
  }, interval);
`;

/**
 * Ends this process when a program takes too long or too much memory. The reason goes to `REASON_DESCRIPTOR`.
 *
 * @param seconds most time from now on; no limit by default
 */
export function watchPrograms(seconds = Number.POSITIVE_INFINITY): void {
  const workerData = {
    calls,
    interval: INTERVAL_MS,
    mostCall: MOST_CALL_MS,
    mostMemory: MOST_MEMORY,
    deadline: Date.now() + 1000 * seconds,
    descriptor: REASON_DESCRIPTOR,
  };
  new Worker(WATCH, { eval: true, workerData, execArgv: [], stdout: true, stderr: true }).unref();
}
