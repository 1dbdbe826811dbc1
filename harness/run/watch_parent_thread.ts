import { workerData } from "node:worker_threads";

// Main module of the thread that `dieWithParent` starts.
const { parent, interval } = workerData as { parent: number; interval: number };
setInterval(() => {
  // SIGKILL, because nothing else ends a process whose main thread never returns to its event loop.
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, interval);
