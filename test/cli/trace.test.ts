import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary_folder.ts";
import { runHere } from "./run_cli.ts";

it("imports page accesses, describes them, and refuses options of the other kind", async () => {
  const folder = temporaryFolder();
  const [text, packed] = [join(folder, "lackey.txt"), join(folder, "small.r0t")];
  const lines = Array.from(
    { length: 300 },
    (_, i) => `I  ${400 + (i % 3)},3\n L ${((1 + (i % 50)) * 4096).toString(16)},8`,
  );
  writeFileSync(text, `${lines.join("\n")}\n`);
  const cut = ["--kind", "accesses", "--skip", "0", "--keep", "200"];
  expect((await runHere(["trace", "import", text, "--out", packed, ...cut])).code).toBe(0);
  const info = await runHere(["trace", "info", packed, "--format", "json"]);
  expect(JSON.parse(info.stdout)).toMatchObject({
    kind: "accesses",
    accesses: 200,
    pages: 50,
    programCounters: 3,
    threads: 1,
    vmas: 1,
    writeShare: 0,
  });
  const csv = await runHere(["trace", "info", packed, "--format", "csv"]);
  expect(csv.stdout.split("\n")[0]).toContain("quarterMissShare");
  const wrong = await runHere(["trace", "import", text, "--out", packed, "--force", "--keep", "200"]);
  expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
  expect(wrong.stderr).toContain("keep is an option of kind accesses, the kind is histogram");
});
