import { parentPort, workerData } from "node:worker_threads";
import { evaluateRivals, type RivalTask } from "./rivals.ts";
import type { RivalMessage } from "./start_rivals.ts";

// Main module of the thread that `startRivals` starts.
const send = (message: RivalMessage): void => parentPort!.postMessage(message);
send({ results: evaluateRivals(workerData as RivalTask, (done, total) => send({ done, total })) });
