// Preload for child processes of tests: SIGKILLs the process before its n-th change of a file in a folder.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";

const { KILL_AT, KILL_IN } = process.env;
const folder = resolve(KILL_IN);
let left = Number(KILL_AT);
const changes = ["writeFileSync", "renameSync", "mkdirSync", "rmSync", "ftruncateSync", "writeSync"];
for (const name of changes) {
  const change = fs[name];
  fs[name] = (...args) => {
    // Files that are open already are those of the log.
    const inside = typeof args[0] === "number" ? args[0] > 2 : resolve(String(args[0])).startsWith(folder);
    if (inside && --left === 0) process.kill(process.pid, "SIGKILL");
    return change(...args);
  };
}
syncBuiltinESMExports();
