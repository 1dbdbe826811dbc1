import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { assertPackedTrace } from "../../workloads/assert_packed_trace.ts";
import { bundledTrace } from "../../workloads/traces/bundled_trace.ts";
import { temporaryFolder } from "../temporary_folder.ts";

it("names what a file of another program looks like, and what reads it", () => {
  const path = join(temporaryFolder(), "incast.cm");
  writeFileSync(path, "Nodes 16\nConnections 1\n1->0 id 1 start 0 size 2000000\n");
  expect(() => assertPackedTrace(path)).toThrow(
    `${path}: it must be a packed trace; it looks like a connection matrix of htsim: --env congestion plays it`,
  );
  expect(() => assertPackedTrace(bundledTrace("accesses/redis"))).not.toThrow();
});
