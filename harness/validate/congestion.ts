import { FixedRate } from "../../baselines/congestion/fixed_rate.ts";
import { congestionMetrics } from "../../kernel/congestion/metrics.ts";
import { ACK_BYTES, HEADER, MTU, TELEMETRY } from "../../kernel/congestion/scenario.ts";
import { fromGbps } from "../../kernel/congestion/units.ts";
import type { Target } from "../problems/target.ts";
import {
  congestionScenarioOf,
  DELAY_NS,
  GBPS,
  incastMetrics,
  incastWorkload,
  longFlows,
  programOf,
  runCongestion,
} from "../scenarios/congestion.ts";
import { ns3Targets } from "./congestion_ns3.ts";
import { windowFixTargets } from "./congestion_smc.ts";

/** Rate of a link, bytes per ns. */
const LINE = fromGbps(GBPS);

/** Figures of other simulators, closed forms and published gains, each beside the result of the simulated fabric. */
export function congestionTargets(): Target[] {
  return [
    ...ns3Targets(),
    ...htsim(),
    ...framing(),
    ...steadyHpcc(),
    ...steadyDcqcn(),
    ...jointCost(),
    ...chunks(),
    ...windowFixTargets(),
  ];
}

/** Header of a packet in htsim, bytes, and last completion times of its incasts of 2 MB with flow control alone, us. */
const HTSIM_HEADER = 64;
const HTSIM_ROCE = [
  [1, 174.3],
  [2, 346.6],
  [8, 1370],
  [15, 2561.7],
] as const;

/** With flow control alone the times of two simulators may differ only by their headers. */
function htsim(): Target[] {
  return HTSIM_ROCE.map(([senders, published]) => {
    const expected = (published * (MTU + HEADER)) / (MTU + HTSIM_HEADER);
    return {
      id: `congestion/htsim-pfc-only-${senders}-max`,
      source: "csg-htsim, htsim_roce, with headers of 64 B",
      quantity: `last FCT of ${senders} x 2 MB, flow control alone, us (${published} with its headers)`,
      expected,
      simulated: incastMetrics("pfc-only", { senders }).fct_max_us,
      tolerance: 0.02 * expected,
    };
  });
}

/** The share of payload on a full link. */
function framing(): Target[] {
  const cells = [
    ["pfc-only", "without telemetry", HEADER],
    ["hpcc", "with telemetry", HEADER + TELEMETRY],
  ] as const;
  return cells.map(([policy, what, header]) => {
    const { bytes, utilisation } = longFlows(2, programOf(policy), [50_000, 500_000]);
    const goodput = bytes.reduce((sum, one) => sum + one, 0) / (450_000 * LINE);
    return {
      id: `congestion/framing-${policy}`,
      source: `arithmetic: ${MTU} of ${MTU + header} bytes`,
      quantity: `payload of what a link carries, 2 long flows, ${what}, percent`,
      expected: (100 * MTU) / (MTU + header),
      simulated: (100 * goodput) / utilisation,
      tolerance: 0.1,
    };
  });
}

/** HPCC with long flows, from the fifth round trip on. */
function steadyHpcc(): Target[] {
  const rounds = 5;
  return [1, 2].flatMap((flows) => {
    const { utilisation, waitNs, baseNs } = longFlows(flows, programOf("hpcc"), [rounds * 4200, 300_000]);
    return [
      {
        id: `congestion/hpcc-utilisation-${flows}`,
        source: "HPCC (SIGCOMM 2019): it aims at eta",
        quantity: `use of a link by ${flows} long flows from the fifth round trip on, percent`,
        expected: 95,
        simulated: 100 * utilisation,
        tolerance: 2,
      },
      {
        id: `congestion/hpcc-queue-${flows}`,
        source: "HPCC (SIGCOMM 2019): queues near zero",
        quantity: `mean queue of ${flows} long flows from the fifth round trip on, bandwidth-delay products`,
        expected: 0,
        simulated: waitNs / baseNs,
        tolerance: 0.1,
      },
    ];
  });
}

/** DCQCN with long flows over 25 ms, from 5 ms on. It has one fixed point, at which all flows have the same rate. */
function steadyDcqcn(): Target[] {
  const span = [5e6, 30e6] as const;
  const share = MTU / (MTU + HEADER);
  return [2, 3, 4, 5, 6, 7, 8].flatMap((flows) => {
    const { bytes } = longFlows(flows, programOf("dcqcn"), span);
    let sum = 0;
    let squares = 0;
    for (const one of bytes) {
      sum += one;
      squares += one * one;
    }
    return [
      {
        id: `congestion/dcqcn-jain-${flows}`,
        source: "DCQCN's fluid model (SIGCOMM 2015): equal rates",
        quantity: `Jain's index of ${flows} long flows over 25 ms`,
        expected: 1,
        simulated: sum ** 2 / (flows * squares),
        tolerance: 0.05,
      },
      {
        id: `congestion/dcqcn-rate-${flows}`,
        source: "DCQCN's fluid model (SIGCOMM 2015): a full link",
        quantity: `mean rate of ${flows} long flows over 25 ms, times an equal share of the link`,
        expected: 1,
        simulated: sum / ((span[1] - span[0]) * LINE * share),
        tolerance: 0.1,
      },
    ];
  });
}

/**
 * The joint cost of eight senders of 2 MB at fixed rates, in chunks of four packets. All senders begin at once and stay
 * in step, so each chunk waits for the chunks before it. At line rate the queue grows until all data is sent.
 */
function jointCost(): Target[] {
  const senders = 8;
  const bytes = 2_000_000;
  const chunkNs = (4 * (MTU + HEADER)) / LINE;
  const messageNs = (bytes * (MTU + HEADER)) / MTU / LINE;
  const base = 2 * (chunkNs + DELAY_NS) + 2 * (ACK_BYTES / LINE + DELAY_NS);
  const inStep = ((senders - 1) / 2) * chunkNs;
  const cases = [
    ["fair", "1/N of the line", 1 / senders, inStep],
    ["half", "0.5/N of the line", 0.5 / senders, inStep],
    ["line", "line rate", 1, inStep + ((senders - 1) / 2) * messageNs],
  ] as const;
  return cases.map(([id, rate, share, waitNs]) => {
    const program = new FixedRate(id, { start: share, floor: () => 0, window: Number.POSITIVE_INFINITY });
    const kernel = runCongestion(congestionScenarioOf(incastWorkload({ senders, bytes }), { mtuPerChunk: 4 }), program);
    return {
      id: `congestion/joint-cost-${id}`,
      source: "arithmetic: ln T + 0.25 ln(1 + Q)",
      quantity: `cost of 8 x 2 MB, each at ${rate}`,
      expected: Math.log(Math.max(1, 1 / (senders * share))) + 0.25 * Math.log1p(waitNs / base),
      simulated: congestionMetrics(kernel)["cost_w0.25"],
      tolerance: 0.01,
    };
  });
}

/** Number of seeds over which DCQCN's results in chunks are averaged. */
const CHUNK_SEEDS = 10;

/** Compares chunks of four packets with single packets. Only DCQCN needs several seeds: its marks are random. */
function chunks(): Target[] {
  const policies = ["dcqcn", "hpcc", "powertcp", "timely", "dctcp", "swift", "theta-powertcp", "pfc-only"];
  const cells = [
    { senders: 2, bytes: 2_000_000 },
    { senders: 8, bytes: 2_000_000 },
    { senders: 64, bytes: 500_000 },
  ];
  return policies.flatMap((policy) =>
    cells.map((cell) => {
      const seeds = policy === "dcqcn" ? CHUNK_SEEDS : 1;
      const [packet, chunk] = [1, 4].map(
        (mtuPerChunk) => incastMetrics(policy, { ...cell, mtuPerChunk }, seeds).fct_mean_us,
      );
      return {
        id: `congestion/chunk-${policy}-${cell.senders}`,
        source: "the same fabric packet by packet",
        quantity: `${policy}: mean FCT of ${cell.senders} x ${cell.bytes / 1e6} MB in chunks of 4 packets, us`,
        expected: packet,
        simulated: chunk,
        tolerance: 0.1 * packet,
      };
    }),
  );
}
