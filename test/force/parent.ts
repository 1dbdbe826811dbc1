import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

// Starts a process that works without end, and says its id.
const child = fork(fileURLToPath(new URL("busy_child.ts", import.meta.url)), {
  execArgv: ["--import", import.meta.resolve("tsx")],
});
child.once("message", () => process.send!(child.pid));
