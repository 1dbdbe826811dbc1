import { mkdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { claimFolder, type FolderClaim, whileClaimed } from "../run/claim_folder.ts";
import { describeError } from "../run/describe_error.ts";
import { Interrupted } from "../run/interrupt.ts";
import { UsageError } from "../run/usage_error.ts";
import { codeVersion } from "../run/versions.ts";
import { clearFailure, writeFailure } from "./failure.ts";
import type { Job } from "./plan.ts";
import { isFinished, type JobHooks, runJob } from "./run_job.ts";

/** Longest wait for the folder of a job, ms. Source: choice. */
const PATIENCE_MS = 10_000;

/**
 * Claims the folder of a job and does its work there, unless it is finished. Every cell of a benchmark runs through
 * here, on whichever machine. A job that fails leaves a `failure.json`, which names the machine.
 *
 * @param folder of the job
 * @param version of the code that made the plan
 * @returns false if the job was finished before
 * @throws UsageError if this is other code, or another process works in the folder; Interrupted if the signal was
 *   aborted
 */
export async function runCell(job: Job, folder: string, version: string, hooks: JobHooks = {}): Promise<boolean> {
  assertVersion(version);
  mkdirSync(folder, { recursive: true });
  if (isFinished(folder)) return false;
  const claim = await claimSoon(folder);
  return whileClaimed(claim, hooks.signal, async (signal) => {
    // Another process may have finished it while this one waited.
    if (isFinished(folder)) return false;
    const assertHeld = () => {
      hooks.assertHeld?.();
      claim.assertHeld();
    };
    clearFailure(folder);
    try {
      await runJob(job, folder, version, { ...hooks, signal, assertHeld });
    } catch (error) {
      if (!(error instanceof Interrupted) && !claim.lost.aborted) writeFailure(folder, describeError(error).message);
      throw error;
    }
    return true;
  });
}

/**
 * A process loads the code at its start, which a commit or an editor may have changed since the start of the benchmark,
 * and another machine may have another version.
 */
function assertVersion(version: string): void {
  const code = codeVersion();
  if (code !== version) throw new UsageError(`the benchmark was begun by ${version}, the code here is ${code} by now`);
}

/** Claims the folder of a job. A process that was killed or stopped may work in it for a moment longer. */
async function claimSoon(folder: string): Promise<FolderClaim> {
  for (const end = performance.now() + PATIENCE_MS; ; await pause(100)) {
    try {
      return await claimFolder(folder);
    } catch (error) {
      if (!(error instanceof UsageError) || performance.now() > end) throw error;
    }
  }
}
