import { describeError } from "./describe_error.ts";
import { Interrupted } from "./interrupt.ts";
import { runJob } from "./run_job.ts";
import type { JobMessage, JobTask, JobWord } from "./start_job.ts";

// The body of the process that `startJob` starts.
const controller = new AbortController();
const starter = process.ppid;
const send = (message: JobMessage): void => {
  // Some work does not pause; it hears here that whoever started it was killed.
  if (process.ppid !== starter) process.exit(1);
  process.send!(message);
};

// A terminal sends it to all; whoever started this decides what it means.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));
process.on("message", (word: JobWord) => {
  if (word === "stop") controller.abort();
  else void work(word);
});

async function work({ job, folder, version }: JobTask): Promise<void> {
  const hooks = { signal: controller.signal, onShare: (share: number) => send({ share }) };
  try {
    await runJob(job, folder, version, hooks);
    send({ ended: "done" });
  } catch (error) {
    if (error instanceof Interrupted) send({ ended: "interrupted" });
    else send({ ended: "failed", message: describeError(error).message });
  }
  process.disconnect();
}
