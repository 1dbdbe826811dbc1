import { startJob } from "../start_job.ts";
import type { CellTask, Executor, RunningCell } from "./executor.ts";

/** Runs cells in processes of this machine. @param places number of processes at a time */
export function localExecutor(places: number): Executor {
  return { name: "local", places, start: (tasks) => tasks.map(startHere) };
}

function startHere(task: CellTask): RunningCell {
  const process = startJob({ job: task.cell, folder: task.folder, version: task.version });
  return {
    task,
    ended: process.ended,
    get share() {
      return process.share;
    },
    stop: process.stop,
    kill: process.kill,
  };
}
