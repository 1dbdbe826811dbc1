// Preload of the processes of tests/force. It counts the changes of files in the folder KILL_IN, and sends SIGKILL
// before the KILL_AT-th. KILL_WHOM says which processes count, and which one ends:
//   main    the command, by its own changes
//   job     a process that the command started, by its own changes
//   parent  the command, by the changes of a process that it started
// At its end a process writes its count into the file KILL_COUNT, if there is one.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";

const { KILL_AT = "0", KILL_IN = "", KILL_WHOM = "main", KILL_COUNT = "" } = process.env;
const folder = resolve(KILL_IN);
const isJob = /job_worker/.test(process.argv[1] ?? "");
const counts = (KILL_WHOM === "main") !== isJob;
let count = 0;
// Renewals of locks come by time, so they do not count.
const changes = "writeFileSync renameSync mkdirSync rmSync cpSync ftruncateSync writeSync mkdir rmdir".split(" ");
const { writeFileSync } = fs;
for (const name of KILL_IN === "" || !counts ? [] : changes) {
  const change = fs[name];
  fs[name] = (...args) => {
    // Files that are open already are those of the log.
    const inside = typeof args[0] === "number" ? args[0] > 2 : resolve(String(args[0])).startsWith(folder);
    if (inside && ++count === Number(KILL_AT)) {
      process.kill(KILL_WHOM === "parent" ? process.ppid : process.pid, "SIGKILL");
    }
    return change(...args);
  };
}
syncBuiltinESMExports();
process.on("exit", () => {
  // Threads that change nothing, such as the one of the rivals, have nothing to say.
  if (KILL_COUNT !== "" && count > 0) writeFileSync(KILL_COUNT, `${count}`);
});
