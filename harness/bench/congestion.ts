import { registry } from "../../envs/index.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import { incast } from "../../workloads/congestion/generators/incast.ts";
import type { Report } from "../problems/problem.ts";
import { CONGESTION, congestionScenarioOf, incastWorkload, programOf } from "../scenarios/congestion.ts";

/** Simulated time that counts as one round trip, ns. */
const ROUND_TRIP_NS = 10_000;

/** Programs whose speed is measured: the default, one with telemetry, one that reads marks, and none. */
const PROGRAMS = ["dcqcn", "hpcc", "dctcp", "pfc-only"] as const;

/** A program that keeps the link full and queues short, as a trained policy does. */
const BUSY = "swift";

/** Numbers of flows for which the cost of a packet is compared. */
const FLOWS = [8, 64, 256, 1024] as const;

/** Most sending hosts; further flows share their links. */
const MOST_HOSTS = 64;

/**
 * Chunks per run. A run of a few milliseconds has a good chance not to be interrupted; runs with many flows need more
 * chunks.
 */
const CHUNKS = 20_000;
const MANY_CHUNKS = 100_000;

/** Runs per repetition of other measurements. */
const RUNS = 20;

/** Speed of an incast. */
interface Speed {
  /** Delivered packets per second. */
  readonly packets: number;
  /** Simulated round trips (of 10 us) per second. */
  readonly roundTrips: number;
}

/** Runs an incast at 100 Gb/s to its end several times; the best run counts. */
function speedOf(program: string, flows: number, mtuPerChunk: number, runs: number): Speed {
  const chunks = flows > MOST_HOSTS ? MANY_CHUNKS : CHUNKS;
  const bytes = 1000 * mtuPerChunk * Math.ceil(chunks / flows);
  const { topology } = incastWorkload({ senders: Math.min(flows, MOST_HOSTS) });
  const receiver = topology.hosts - 1;
  const messages = Array.from({ length: flows }, (_, i) => incast([i % receiver], receiver, bytes)[0]);
  const workload = { name: "bench", topology, messages, makespan: false, smc: null };
  const scenario = congestionScenarioOf(workload, { mtuPerChunk, limitNs: 1e11 });
  const decision = { program: programOf(program), rate: new Float64Array(0), window: new Float64Array(0) };
  const kernel = new CongestionKernel();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    kernel.reset(scenario, 0);
    const start = performance.now();
    while (!kernel.done) kernel.decide(decision);
    best = Math.min(best, performance.now() - start);
  }
  return { packets: (flows * bytes) / best, roundTrips: (1000 * kernel.time) / ROUND_TRIP_NS / best };
}

/** Speeds of the congestion control kernel and its environment. */
export function measure(report: Report, repetitions: number): void {
  const speed = (program: string, flows: number, mtuPerChunk: number) =>
    speedOf(program, flows, mtuPerChunk, RUNS * repetitions);
  report("congestion/round_trip_steps_8_senders_4KB", speed(BUSY, 8, 4).roundTrips, "steps/s");
  report("congestion/packets_1KB", speed(BUSY, 8, 1).packets, "packets/s");
  const costs = FLOWS.map((flows) => 1e9 / speed(BUSY, flows, 1).packets);
  costs.forEach((ns, i) => {
    report(`congestion/packet_${FLOWS[i]}_flows`, ns, "ns");
  });
  for (const program of PROGRAMS) {
    report(`congestion/packets_4KB_${program}`, speed(program, 8, 4).packets, "packets/s");
    report(`congestion/packets_1KB_${program}`, speed(program, 8, 1).packets, "packets/s");
  }
  report("congestion/decisions", decisionsPerSecond(10_000, repetitions), "decisions/s");
}

/**
 * Decisions about single queue pairs per second through `Env.step`, always with the same action; resets are not timed.
 * The best repetition counts.
 */
function decisionsPerSecond(steps: number, repetitions: number): number {
  const env: AnyEnv = registry.make(CONGESTION);
  const options = { workload: "incast", senders: 8, bytes: 2_000_000 };
  const action = new Float32Array(env.rows);
  env.reset({ seed: 0, options });
  let best = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    let milliseconds = 0;
    let decisions = 0;
    for (let i = 0; i < steps; i++) {
      const mask = env.actionMask()!;
      for (let row = 0; row < mask.length; row++) decisions += mask[row];
      const start = performance.now();
      const { terminated, truncated } = env.step(action);
      milliseconds += performance.now() - start;
      if (terminated || truncated) env.reset({ options });
    }
    best = Math.max(best, (1000 * decisions) / milliseconds);
  }
  env.close();
  return best;
}
