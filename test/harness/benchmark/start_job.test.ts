import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startJob } from "../../../harness/benchmark/start_job.ts";
import { RunError } from "../../../harness/run/usage_error.ts";
import { codeVersion } from "../../../harness/run/versions.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const job = { name: "tiering-rivals", kind: "rivals", env: "tieringg", episodes: { validation: 1, test: 1 } } as const;

it("says which job failed, and why", async () => {
  const { ended } = startJob({ job, folder: join(temporaryFolder(), "job"), version: codeVersion() });
  await expect(ended).rejects.toThrow(RunError);
  await expect(ended).rejects.toThrow(/^the job tiering-rivals failed: unknown environment "tieringg"/);
});

it("does nothing with other code than the benchmark was begun by", async () => {
  const folder = join(temporaryFolder(), "job");
  const { ended } = startJob({ job: { ...job, env: "tiering" }, folder, version: "0.0.1" });
  await expect(ended).rejects.toThrow(
    `the job tiering-rivals failed: the benchmark was begun by 0.0.1, the code here is ${codeVersion()} by now`,
  );
  expect(existsSync(folder)).toBe(false);
});

it("says so when its process is ended", async () => {
  const { ended, kill } = startJob({ job, folder: join(temporaryFolder(), "job"), version: "1.0.0" });
  kill();
  await expect(ended).rejects.toThrow("the job tiering-rivals failed: its process ended with SIGKILL");
});
