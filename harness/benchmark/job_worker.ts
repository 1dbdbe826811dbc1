import { mkdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { claimFolder, type FolderClaim, whileClaimed } from "../run/claim_folder.ts";
import { describeError } from "../run/describe_error.ts";
import { dieWithParent } from "../run/die_with_parent.ts";
import { Interrupted } from "../run/interrupt.ts";
import { UsageError } from "../run/usage_error.ts";
import { codeVersion } from "../run/versions.ts";
import { runJob } from "./run_job.ts";
import type { JobMessage, JobTask, JobWord } from "./start_job.ts";

/** Longest wait for the folder of a job, ms. Source: choice. */
const PATIENCE_MS = 10_000;

// The program of the process that `startJob` starts.
const controller = new AbortController();
const assertStarter = dieWithParent();
const send = (message: JobMessage): void => {
  process.send!(message);
};

// A terminal sends it to all processes. The starter decides what to do.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));
process.on("message", (word: JobWord) => {
  if (word === "stop") controller.abort();
  else void work(word);
});

/**
 * A process loads the code at its start, which a commit or an editor may have changed since the start of the benchmark.
 */
function assertVersion(version: string): void {
  const code = codeVersion();
  if (code !== version) throw new UsageError(`the benchmark was begun by ${version}, the code here is ${code} by now`);
}

/** Claims the folder of a job. The process of a benchmark that was killed may work in it for a moment longer. */
async function claimSoon(folder: string): Promise<FolderClaim> {
  for (const end = performance.now() + PATIENCE_MS; ; await pause(100)) {
    try {
      return await claimFolder(folder);
    } catch (error) {
      if (!(error instanceof UsageError) || performance.now() > end) throw error;
    }
  }
}

async function work({ job, folder, version }: JobTask): Promise<void> {
  try {
    assertVersion(version);
    mkdirSync(folder, { recursive: true });
    const claim = await claimSoon(folder);
    await whileClaimed(claim, controller.signal, (signal) =>
      runJob(job, folder, version, {
        signal,
        onShare: (share) => send({ share }),
        assertHeld() {
          assertStarter();
          claim.assertHeld();
        },
      }),
    );
    send({ ended: "done" });
  } catch (error) {
    if (error instanceof Interrupted) send({ ended: "interrupted" });
    else send({ ended: "failed", message: describeError(error).message });
  }
  // Node fails if a process disconnects while it handles the message that it answers.
  setImmediate(() => process.disconnect());
}
