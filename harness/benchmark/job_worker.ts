import { describeError } from "../run/describe_error.ts";
import { Interrupted } from "../run/interrupt.ts";
import { UsageError } from "../run/usage_error.ts";
import { codeVersion } from "../run/versions.ts";
import { runJob } from "./run_job.ts";
import type { JobMessage, JobTask, JobWord } from "./start_job.ts";

// The program of the process that `startJob` starts.
const controller = new AbortController();
const starter = process.ppid;
const send = (message: JobMessage): void => {
  // Some work never returns to the event loop, so it checks here whether its starter was killed.
  if (process.ppid !== starter) process.exit(1);
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

async function work({ job, folder, version }: JobTask): Promise<void> {
  const hooks = { signal: controller.signal, onShare: (share: number) => send({ share }) };
  try {
    assertVersion(version);
    await runJob(job, folder, version, hooks);
    send({ ended: "done" });
  } catch (error) {
    if (error instanceof Interrupted) send({ ended: "interrupted" });
    else send({ ended: "failed", message: describeError(error).message });
  }
  // Node fails if a process disconnects while it handles the message that it answers.
  setImmediate(() => process.disconnect());
}
