import { describe, expect, it } from "vitest";
import { cubic } from "../../../baselines/congestion/cubic.ts";
import { congestionHeuristics } from "../../../baselines/congestion/index.ts";
import { startValues } from "../../../baselines/knobs.ts";
import { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import type { RateControl } from "../../../kernel/congestion/rate_control.ts";
import { congestionWorkloads } from "../../../workloads/congestion/catalog.ts";
import { Checking, play, scenarioOf } from "./fabric_run.ts";

const kernel = new CongestionKernel();

function programOf(name: string): RateControl {
  const entry = congestionHeuristics.find((heuristic) => heuristic.name === name)!;
  return entry.create(startValues(entry.knobs)).decide(kernel.view).program!;
}

const PROGRAMS = ["dcqcn", "hpcc", "pfc-only", "swift", "bbr", "cubic"];
const KINDS = [
  { lossless: true, mtuPerChunk: 4 },
  { lossless: true, mtuPerChunk: 1 },
  { lossless: false, mtuPerChunk: 4 },
  { lossless: false, mtuPerChunk: 1 },
];

describe("CongestionKernel", () => {
  const cases = congestionWorkloads.map(({ name }, i) => ({
    name,
    program: PROGRAMS[i % PROGRAMS.length],
    ...KINDS[Math.floor(i / 2 + i / PROGRAMS.length) % KINDS.length],
  }));

  it.each(cases)("loses no byte of $name under $program, lossless $lossless, $mtuPerChunk a chunk", (one) => {
    const workload = congestionWorkloads.find(({ name }) => name === one.name)!.open(11);
    const tcp = cubic.create(startValues(cubic.knobs)).decide(kernel.view).program;
    const details = { lossless: one.lossless, mtuPerChunk: one.mtuPerChunk, limitNs: 400_000, tcp };
    play(scenarioOf(workload, details), new Checking(kernel, programOf(one.program), 97), { seed: 5, kernel });
    expect(kernel.time).toBeLessThanOrEqual(400_000);
  });
});
