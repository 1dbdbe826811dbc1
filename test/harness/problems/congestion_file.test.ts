import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCongestionFile } from "../../../harness/problems/congestion.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

test("tells flow lists by their ending or their content", () => {
  const folder = temporaryFolder();
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const flows = "2\n0 1 3000 0\n2 1 5000 0.001\n";
  for (const name of ["list.flows", "list.txt", "list.dat"]) {
    expect(openCongestionFile(write(name, flows))).toMatchObject({ name: "list", messages: { length: 2 } });
  }
  const slow = openCongestionFile(write("slow.flows", flows), { gbps: 8, delayNs: 7 })!;
  expect([slow.topology.rate[0], slow.topology.delay[0]]).toEqual([1, 7]);

  expect(openCongestionFile("incast")).toBe(null);
  expect(() => openCongestionFile("none.flows")).toThrow(new UsageError("there is no trace file none.flows"));
  const other = write("other.json", "{}");
  expect(() => openCongestionFile(other)).toThrow(UsageError);
  expect(() => openCongestionFile(other)).toThrow(
    `${other} is no workload for congestion control; allowed: flow list (src dst bytes start, one a line)`,
  );
  const bad = write("bad.txt", "hosts and flows\n");
  expect(() => openCongestionFile(bad)).toThrow(TraceFormatError);
  expect(() => openCongestionFile(bad)).toThrow(
    `${bad}:1: expected the columns src dst bytes start or src dst pg dport`,
  );
});
