import { join } from "node:path";
import { expect, it } from "vitest";
import { startJob } from "../../harness/start_job.ts";
import { RunError } from "../../harness/usage_error.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const job = { name: "tiering-rivals", kind: "rivals", env: "tieringg", episodes: { validation: 1, test: 1 } } as const;

it("says which job failed, and why", async () => {
  const { ended } = startJob({ job, folder: join(temporaryFolder(), "job"), version: "1.0.0" });
  await expect(ended).rejects.toThrow(RunError);
  await expect(ended).rejects.toThrow(/^the job tiering-rivals failed: unknown environment "tieringg"/);
});

it("says so when its process is ended", async () => {
  const { ended, kill } = startJob({ job, folder: join(temporaryFolder(), "job"), version: "1.0.0" });
  kill();
  await expect(ended).rejects.toThrow("the job tiering-rivals failed: its process ended with SIGKILL");
});
