import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { simulate } from "../../../harness/evaluate/simulate.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { FAULT_CHARGES } from "../../../kernel/readahead/fault_ledger.ts";
import { READAHEAD_COUNTERS } from "../../../kernel/readahead/view.ts";
import { encodeTrace } from "../../../workloads/format/trace_format.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { type Access, accessTraceOf } from "../../workloads/format/access_traces.ts";

const PAGES = 512;
const ROUNDS = 5;

/** A trace file of a program that goes over its pages in order, again and again. */
function rounds(): string {
  const file = join(temporaryFolder(), "rounds.r0t");
  const accesses = Array.from({ length: PAGES * ROUNDS }, (_, i): Access => [1, 4096 + (i % PAGES), false, 0x400, 50]);
  writeFileSync(file, encodeTrace(accessTraceOf(accesses)));
  return file;
}

describe("simulate with a file of page accesses", () => {
  it("plays it with the memory and the device asked for, and gives every counter", async () => {
    const options = ["frames=0.25", "device=nvme", "background=0"];
    const { seeds, mean } = await simulate({ env: "readahead", policy: "vma", workload: rounds(), options });
    const [{ workload, metrics, cost }] = seeds;
    expect(workload).toBe("sample");
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining([...READAHEAD_COUNTERS]));
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining(FAULT_CHARGES.map((name) => `${name}_us`)));
    expect(metrics.accesses).toBe(PAGES * ROUNDS);
    expect(metrics.zero_fills).toBe(PAGES);
    expect(metrics.coverage).toBeGreaterThan(0.8);
    expect(metrics.cost_us).toBe(cost);
    expect(mean.cost).toBe(cost);
  });

  it("plays as many accesses as asked for", async () => {
    const { seeds } = await simulate({
      env: "readahead",
      policy: "none",
      workload: rounds(),
      options: ["accesses=1100", "frames=0.25"],
    });
    expect(seeds[0].metrics.accesses).toBe(1100);
  });

  it("refuses settings that only the trace can judge", async () => {
    const asked = { env: "readahead", policy: "none", workload: rounds(), options: ["accesses=1100.5"] };
    await expect(simulate(asked)).rejects.toThrow(UsageError);
  });
});
