import { describe, expect, it } from "vitest";
import { cubic } from "../../../baselines/congestion/cubic.ts";
import { dcqcn } from "../../../baselines/congestion/dcqcn.ts";
import { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import type { CongestionDecision } from "../../../kernel/congestion/decision.ts";
import type { CongestionScenario } from "../../../kernel/congestion/scenario.ts";
import type { SmcSource } from "../../../kernel/congestion/smc/smc_source.ts";
import type { SmcState } from "../../../kernel/congestion/smc/smc_state.ts";
import type { SmcTraffic } from "../../../kernel/congestion/smc/traffic.ts";
import { leafSpine } from "../../../kernel/congestion/topologies/leaf_spine.ts";
import { singleSwitch } from "../../../kernel/congestion/topologies/single_switch.ts";
import type { Topology } from "../../../kernel/congestion/topology.ts";
import { randomStream } from "../../../kernel/random.ts";
import { request, socket, traffic } from "./smc_pipe.ts";

const BYTES = 20_000;

/** Eight clients with four sockets each to two servers, over all transports, with random requests and responses. */
function clientsAndServers(seed: number, settings: Parameters<typeof traffic>[2] = {}): SmcTraffic {
  const random = randomStream(seed, "test/smc-fabric");
  const connections = Array.from({ length: 32 }, (_, c) =>
    socket({
      client: c % 8,
      server: 8 + (c % 2),
      transport: c % 16 === 5 ? "tcp" : "smc-r",
      readDelayNs: 500 * (c % 3),
    }),
  );
  connections.push(socket({ client: 9, server: 9, transport: "smc-d" }));
  const requests = Array.from({ length: 200 }, () =>
    request({
      connection: random.integer(connections.length),
      start: random.integer(100_000),
      requestBytes: 1 + random.integer(BYTES),
      responseBytes: 1 + random.integer(BYTES),
      serviceNs: random.integer(3000),
    }),
  ).sort((a, b) => a.start - b.start);
  return traffic(connections, requests, settings);
}

function scenario(smc: SmcTraffic, topology: Topology, details: Partial<CongestionScenario> = {}): CongestionScenario {
  return {
    workload: { name: "sockets", topology, messages: [], makespan: false, smc },
    mtuPerChunk: 4,
    lossless: true,
    limitNs: 1e8,
    decisionNs: 0,
    marking: null,
    telemetry: false,
    tcp: cubic.create({}).decide(null!).program,
    ...details,
  };
}

const ONE_SWITCH = singleSwitch({ hosts: 10, gbps: 100, delayNs: 1000 });

function stateOf(kernel: CongestionKernel): SmcState {
  return (kernel.source as SmcSource).state;
}

/**
 * Plays with the given program in the NICs, or at full rate without one, and checks the invariants at each decision.
 */
function play(kernel: CongestionKernel, decision: CongestionDecision | null, steps = Number.POSITIVE_INFINITY): void {
  for (let step = 0; step < steps && !kernel.done; step++) {
    const { askedCount } = kernel.view;
    kernel.decide(
      decision ?? {
        program: null,
        rate: new Float64Array(askedCount).fill(1000),
        window: new Float64Array(askedCount).fill(Number.POSITIVE_INFINITY),
      },
    );
    kernel.checkInvariants();
  }
}

describe("SMC traffic on a fabric", () => {
  it("is answered in full under DCQCN, on any fabric and with any buffers", () => {
    const topologies = [
      ONE_SWITCH,
      leafSpine({ leaves: 2, spines: 2, hostsPerLeaf: 5, gbps: 100, fabricGbps: 100, delayNs: 1000 }),
    ];
    for (const topology of topologies) {
      for (const [seed, settings] of [
        {},
        { sendSlots: 1 },
        { sendBuffer: 16384, rmbe: 16384, links: 2 },
        { windowUpdate: "min", autocork: false } as const,
      ].entries()) {
        const kernel = new CongestionKernel();
        kernel.reset(scenario(clientsAndServers(seed, settings), topology), seed);
        play(kernel, dcqcn.create({}).decide(kernel.view));
        const { progress, streams } = stateOf(kernel);
        expect(progress.open).toBe(0);
        expect(streams.consumed).toEqual(streams.wanted);
        expect(kernel.cost).toBeGreaterThan(0);
      }
    }
  });

  it("is answered in full where switches drop", () => {
    const kernel = new CongestionKernel();
    kernel.reset(scenario(clientsAndServers(7), ONE_SWITCH, { lossless: false }), 7);
    play(kernel, dcqcn.create({}).decide(kernel.view));
    expect(stateOf(kernel).progress.open).toBe(0);
  });

  it("keeps its invariants at every decision, and continues the same in a copy", () => {
    for (const steps of [3, 40, 100]) {
      const kernel = new CongestionKernel();
      kernel.reset(scenario(clientsAndServers(1, { sendSlots: 2 }), ONE_SWITCH), 1);
      play(kernel, null, steps);
      expect(kernel.done).toBe(false);
      const copy = kernel.fork();
      play(kernel, null);
      play(copy, null);
      expect(stateOf(copy).progress.finished).toEqual(stateOf(kernel).progress.finished);
      expect(stateOf(copy).counters).toEqual(stateOf(kernel).counters);
      expect(copy.time).toBe(kernel.time);
    }
  });

  it("shares one queue pair per link and direction, in which its connections wait for each other", () => {
    const connections = Array.from({ length: 16 }, () => socket());
    const requests = connections.map((_, connection) => request({ connection, requestBytes: 60_000 }));
    const kernel = new CongestionKernel();
    kernel.reset(scenario(traffic(connections, requests), ONE_SWITCH), 1);
    play(kernel, null);
    expect(kernel.view.queuePairs.count).toBeLessThanOrEqual(2);
    const { finished } = stateOf(kernel).progress;
    expect(Math.max(...finished) / Math.min(...finished)).toBeGreaterThan(5);
    const bytes = 16 * 60_000;
    expect(bytes / Math.max(...finished)).toBeLessThan(12.5);
    expect(bytes / Math.max(...finished)).toBeGreaterThan(0.85 * 12.5);
  });
});
