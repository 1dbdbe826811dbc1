import { describe, expect, it } from "vitest";
import { cubic } from "../../../baselines/congestion/cubic.ts";
import { congestionHeuristics } from "../../../baselines/congestion/index.ts";
import { startValues } from "../../../baselines/knobs.ts";
import { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import { congestionMetrics } from "../../../kernel/congestion/metrics.ts";
import type { CongestionScenario } from "../../../kernel/congestion/scenario.ts";
import { congestionWorkloads } from "../../../workloads/congestion/catalog.ts";
import { runs, scenarioOf } from "./fabric_run.ts";

const rate = new Float64Array(1024);
const window = new Float64Array(1024);

/** A decision from outside: a rule based on the round-trip time. */
function step(kernel: CongestionKernel): void {
  const { asked, askedCount, queuePairs, roundTrips } = kernel.view;
  for (let i = 0; i < askedCount; i++) {
    const q = asked[i];
    const factor = roundTrips.count[q] === 0 ? 0.3 : (1.2 * queuePairs.base[q]) / roundTrips.rtt[q];
    rate[i] = Math.max(0.01 * queuePairs.line[q], Math.min(queuePairs.line[q], factor * queuePairs.rate[q]));
    window[i] = 2 * rate[i] * queuePairs.base[q] + 4000;
  }
  kernel.decide({ program: null, rate, window });
}

function toTheEnd(kernel: CongestionKernel): CongestionKernel {
  while (!kernel.done) step(kernel);
  kernel.checkInvariants();
  return kernel;
}

function scenario(name: string, details: Partial<CongestionScenario> = {}): CongestionScenario {
  const tcp = cubic.create(startValues(cubic.knobs)).decide(new CongestionKernel().view).program;
  const workload = congestionWorkloads.find((entry) => entry.name === name)!.open(4);
  return scenarioOf(workload, { mtuPerChunk: 4, decisionNs: 500, limitNs: 600_000, tcp, telemetry: true, ...details });
}

/** Everything that a run leaves behind. */
function trace(kernel: CongestionKernel): unknown {
  return {
    finished: [...kernel.messages.finished],
    answered: [...kernel.messages.answered],
    sent: [...kernel.fabric.sent],
    metrics: congestionMetrics(kernel),
  };
}

const NAMES = ["incast", "websearch", "smc", "smc-mix", "ring", "websearch-60-leaf-spine", "parking-lot", "bursts"];

describe("fork", () => {
  it.each(NAMES.flatMap((name) => [true, false].map((lossless) => ({ name, lossless }))))(
    "of $name, lossless $lossless, continues exactly as the original with rates from outside",
    ({ name, lossless }) => {
      const kernel = new CongestionKernel();
      kernel.reset(scenario(name, { lossless }), 3);
      for (let i = 0; i < 60 && !kernel.done; i++) step(kernel);
      const copy = kernel.fork();
      copy.checkInvariants();
      // Play one after the other, with another run in between, to show that they share nothing.
      const original = trace(toTheEnd(kernel));
      kernel.reset(scenario("incast"), 9);
      step(kernel);
      expect(trace(toTheEnd(copy))).toEqual(original);
    },
  );

  it.each(["dcqcn", "hpcc", "timely", "swift", "bbr"])("continues exactly as the original under %s", (name) => {
    const entry = congestionHeuristics.find((heuristic) => heuristic.name === name)!;
    const kernel = new CongestionKernel();
    kernel.reset(scenario("smc"), 3);
    for (let i = 0; i < 40; i++) step(kernel);
    const copy = kernel.fork();
    const program = entry.create(startValues(entry.knobs)).decide(kernel.view).program!;
    for (const one of [kernel, copy]) while (!one.done) one.decide(runs(program));
    expect(trace(copy)).toEqual(trace(kernel));
  });

  it("does not change what the original does", () => {
    const undisturbed = new CongestionKernel();
    undisturbed.reset(scenario("websearch"), 3);
    const kernel = new CongestionKernel();
    kernel.reset(scenario("websearch"), 3);
    for (let i = 0; !kernel.done; i++) {
      if (i % 50 === 0) toTheEnd(kernel.fork());
      step(kernel);
    }
    expect(trace(kernel)).toEqual(trace(toTheEnd(undisturbed)));
  });
});

describe("a run", () => {
  it.each(NAMES)("of %s repeats exactly, and differs with another seed", (name) => {
    const played = (seed: number, kernel = new CongestionKernel()) => {
      const entry = congestionHeuristics.find((heuristic) => heuristic.name === "dcqcn-tuned")!;
      kernel.reset(scenario(name), seed);
      const program = entry.create(startValues(entry.knobs)).decide(kernel.view).program!;
      while (!kernel.done) kernel.decide(runs(program));
      return trace(kernel);
    };
    const used = new CongestionKernel();
    played(8, used);
    expect(played(2, used)).toEqual(played(2));
  });
});
