import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Job } from "./plan.ts";
import { remainingSeconds, type TimedJob } from "./remaining_time.ts";
import { JOB_RESULTS } from "./run_job.ts";
import { type RunningJob, startJob } from "./start_job.ts";

/** Time between reports of progress, ms. */
const POLL_INTERVAL = 500;

/** Progress of a benchmark. */
export interface JobsProgress {
  /** Number of finished jobs; a running job counts by its share. */
  done: number;
  total: number;
  /** Names of the running jobs. */
  running: string[];
  /** Null as long as it is unknown. */
  secondsLeft: number | null;
}

/** How to run jobs. */
export interface JobsOptions {
  /** Folder of all jobs. Each job has a folder of its name in it. */
  folder: string;
  /** Version of the code, for the results. */
  version: string;
  /** Number of processes at a time. */
  workers: number;
  /** Abort it to save the running jobs and stop. */
  signal?: AbortSignal;
  onProgress?: (progress: JobsProgress) => void;
}

/** Whether a job is finished. */
export function isFinished(folder: string, { name }: Job): boolean {
  return existsSync(join(folder, name, JOB_RESULTS));
}

/**
 * Runs all jobs that are not finished, several at a time, each in a process of its own.
 *
 * @returns "interrupted" if the signal was aborted, after the running jobs were saved
 * @throws RunError of the first job that fails, after the others were saved
 */
export async function runJobs(jobs: readonly Job[], options: JobsOptions): Promise<"done" | "interrupted"> {
  const { folder, version, workers, signal, onProgress } = options;
  const waiting = jobs.filter((job) => !isFinished(folder, job));
  const before = jobs.length - waiting.length;
  const running = new Map<RunningJob, number>();
  const finished: TimedJob[] = [];
  let failure: unknown = null;
  const stopping = () => signal?.aborted || failure !== null;

  const begin = (job: Job): Promise<void> => {
    const started = performance.now();
    const process = startJob({ job, folder: join(folder, job.name), version });
    running.set(process, started);
    return process.ended
      .then((how) => {
        if (how === "done") finished.push({ kind: kindOf(job), seconds: secondsSince(started), share: 1 });
      })
      .catch((error) => {
        failure ??= error;
      })
      .finally(() => running.delete(process));
  };
  const work = async (): Promise<void> => {
    while (waiting.length > 0 && !stopping()) await begin(waiting.shift()!);
  };
  const report = () => {
    const timed = [...running].map(([{ job, share }, started]) => ({
      kind: kindOf(job),
      seconds: secondsSince(started),
      share: Math.min(share, 0.999),
    }));
    onProgress?.({
      done: before + finished.length + timed.reduce((sum, { share }) => sum + share, 0),
      total: jobs.length,
      running: [...running.keys()].map(({ job }) => job.name),
      secondsLeft: remainingSeconds([...finished, ...timed], waiting.map(kindOf), workers),
    });
  };

  let open = true;
  const all = Promise.all(Array.from({ length: workers }, work)).then(() => {
    open = false;
  });
  let told = false;
  try {
    while (open) {
      await Promise.race([all, pause(POLL_INTERVAL)]);
      if (stopping() && !told) {
        told = true;
        for (const process of running.keys()) process.stop();
      }
      report();
    }
  } finally {
    for (const process of running.keys()) process.kill();
  }
  // The signal may also have reached and ended the processes, which is not a failure.
  if (signal?.aborted) return "interrupted";
  if (failure !== null) throw failure;
  return "done";
}

/** Jobs of one kind do the same work with different seeds. */
function kindOf(job: Job): string {
  return job.kind === "training" ? `${job.env}/${job.config.agent}` : job.name;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
