import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isTime, type ResultRecord, readResults } from "../../harness/benchmark/results.ts";
import { runCli, startCli } from "../cli/run_cli.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { RayTestCluster } from "./ray_cluster.ts";

/** Path of the program `ray`, which is no part of this package. */
const { RING0_RAY: RAY } = process.env;
if (RAY === undefined) throw new Error("RING0_RAY must be the path of the program ray");

const SMALL = "--env tiering,congestion --agents es --seeds 2 --steps 900 --episodes 1 --no-tables".split(" ");

const LONG_MS = 1_200_000;

/** Records without what may differ: values of time, the machine that they name, and whether a training went on after a kill. */
function comparable(path: string): ResultRecord[] {
  return readResults(join(path, "results.csv")).map((record) => ({
    ...record,
    value: isTime(record) ? 0 : record.value,
    settings: record.settings.replace(/ machine=\S+/, "").replace(/ resumed=(yes|no)/, ""),
  }));
}

describe("a benchmark on a Ray cluster", () => {
  const cluster = new RayTestCluster(RAY);
  beforeAll(() => cluster.start(), LONG_MS);
  afterAll(() => cluster.stop(), LONG_MS);

  it("has the results of one on this machine, although a node is lost in the middle", {
    timeout: LONG_MS,
  }, async () => {
    const [here, there] = ["here", "there"].map((name) => join(temporaryFolder(), name));
    const run = startCli(
      ["benchmark", ...SMALL, "--executor", `ray=${cluster.address}`, "--out", there],
      undefined,
      [],
      {
        RAY_AUTH_TOKEN: cluster.token,
      },
    );
    let ended = "";
    void run.result.then(({ code, stderr }) => {
      ended = `${code}: ${stderr}`;
    });
    while (cluster.processes(1, " benchmark cell ").length === 0 && ended === "") await pause(200);
    expect(ended).toBe("");
    await pause(3000);
    cluster.kill(1);
    const { code, stderr } = await run.result;
    expect(stderr).toMatch(/cell \d \(\S+\) was lost at start 1 of 3: its Ray job ring0-\w+-\d-1 ended as FAILED/);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/wrote .*there in .*results\.csv/)]);
    expect(existsSync(join(there, "report.html"))).toBe(true);

    expect((await runCli(["benchmark", ...SMALL, "--out", here])).code).toBe(0);
    expect(comparable(there)).toEqual(comparable(here));
  });
});
