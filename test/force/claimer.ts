import { claimFolder } from "../../harness/run/claim_folder.ts";

// The program of the processes that test/force/claims.test.ts starts: claims the folder that it is sent, at the time
// that it is sent, and ends the claim when it is told to.
let release: (() => Promise<void>) | null = null;
process.on("message", async ({ folder, at }: { folder: string | null; at: number }) => {
  if (folder === null) {
    await release?.();
    release = null;
    process.send!("free");
    return;
  }
  while (Date.now() < at);
  try {
    ({ release } = await claimFolder(folder));
    process.send!("held");
  } catch (error) {
    process.send!((error as Error).message);
  }
});
process.send!("ready");
