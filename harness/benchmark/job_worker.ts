import { describeError } from "../run/describe_error.ts";
import { dieWithParent } from "../run/die_with_parent.ts";
import { Interrupted } from "../run/interrupt.ts";
import { runCell } from "./run_cell.ts";
import type { JobMessage, JobTask, JobWord } from "./start_job.ts";

// The program of the process that `startJob` starts.
const controller = new AbortController();
const assertStarter = dieWithParent();
const send = (message: JobMessage): void => {
  // Without its starter, which may have been killed, nobody needs the rest of the work.
  process.send!(message, (error: Error | null) => {
    if (error !== null) process.exit(1);
  });
};

// A terminal sends it to all processes. The starter decides what to do.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));
process.on("message", (word: JobWord) => {
  if (word === "stop") controller.abort();
  else void work(word);
});

async function work({ job, folder, version }: JobTask): Promise<void> {
  try {
    await runCell(job, folder, version, {
      signal: controller.signal,
      onShare: (share) => send({ share }),
      assertHeld: assertStarter,
    });
    send({ ended: "done" });
  } catch (error) {
    if (error instanceof Interrupted) send({ ended: "interrupted" });
    else send({ ended: "failed", message: describeError(error).message });
  }
  // Node fails if a process disconnects while it handles the message that it answers.
  setImmediate(() => process.disconnect());
}
