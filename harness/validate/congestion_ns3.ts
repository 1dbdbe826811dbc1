import { HEADER, MTU } from "../../kernel/congestion/scenario.ts";
import { fromGbps } from "../../kernel/congestion/units.ts";
import type { Target } from "../problems/target.ts";
import { GBPS, incastMetrics } from "../scenarios/congestion.ts";

const NS3 = "ns3-datacenter (ns-3.39), measured";

/** Size of the messages, MB. */
const MB = 2;

/** Number of seeds over which DCQCN's random marks are averaged: as many as runs of ns-3. */
const SEEDS = 3;

const MIB = 2 ** 20;

/** Mean and last completion time of an incast, us. */
type Times = readonly [mean: number, last: number];

/** Completion times of 2 MB alone, us. */
const ALONE = { dcqcn: 170.1, hpcc: 187.3, powertcp: 186.6, timely: 172.1, dctcp: 170.1 };

/**
 * Completion times of incasts with the constants of the authors' scripts, by number of senders, us. The three runs of
 * DCQCN differ in their random seeds.
 */
const INCASTS: Readonly<Record<string, Readonly<Record<number, readonly Times[]>>>> = {
  dcqcn: {
    2: [
      [547.6, 589.4],
      [566.5, 590.6],
      [574.3, 575.9],
    ],
    8: [
      [1941.2, 1967.7],
      [1891.3, 1988.3],
      [1895.7, 1942.2],
    ],
  },
  hpcc: { 2: [[357.5, 375.4]], 8: [[1381.4, 1485.1]] },
  powertcp: { 2: [[339.6, 375]], 8: [[1370.5, 1481.1]] },
  timely: { 2: [[551.2, 554.6]], 8: [[1347.8, 1348.1]] },
  dctcp: { 2: [[336, 336.1]], 8: [[1331.5, 1332.1]] },
};

/** Completion times of incasts with flow control alone, by number of senders and buffer size, us. */
const FLOW_CONTROL = [
  { senders: 8, mib: 8, times: [1327.4, 1332.1] },
  { senders: 8, mib: 32, times: [1331.8, 1332.1] },
  { senders: 16, mib: 8, times: [2643, 2660] },
] as const;

/**
 * Tolerance of `aboveIdeal`, percentage points, by program. Only programs whose last completion time is near the ideal
 * are listed.
 */
const NEAR_IDEAL = { hpcc: 2, dctcp: 1 };

/**
 * Compares incasts of 2 MB with ns-3, a packet simulator of other authors. All runs use the constants of its scripts.
 */
export function ns3Targets(): Target[] {
  return [...alone(), ...incasts(), ...flowControl()];
}

function alone(): Target[] {
  return Object.entries(ALONE).map(([policy, expected]) => ({
    id: `congestion/ns3-${policy}-1`,
    source: NS3,
    quantity: `${policy}: FCT of ${MB} MB alone, us`,
    expected,
    simulated: incastMetrics(policy, { senders: 1 }).fct_mean_us,
    tolerance: 0.02 * expected,
  }));
}

function incasts(): Target[] {
  return Object.entries(INCASTS).flatMap(([policy, cells]) =>
    Object.entries(cells).flatMap(([count, runs]) => {
      const senders = Number(count);
      const times = [0, 1].map((which) => runs.reduce((sum, run) => sum + run[which] / runs.length, 0));
      const metrics = incastMetrics(policy, { senders }, runs.length === SEEDS ? SEEDS : 1);
      const targets = completionTimes(`${policy}-${senders}`, `${policy}: ${senders} x ${MB} MB`, times, metrics);
      return policy in NEAR_IDEAL ? [...targets, aboveIdeal(policy, senders, times[1], metrics.fct_max_us)] : targets;
    }),
  );
}

function flowControl(): Target[] {
  return FLOW_CONTROL.flatMap(({ senders, mib, times }) =>
    completionTimes(
      `pfc-only-${senders}-${mib}mib`,
      `flow control alone: ${senders} x ${MB} MB, buffer of ${mib} MiB`,
      times,
      incastMetrics("pfc-only", { senders, bufferBytes: mib * MIB }),
    ),
  );
}

function completionTimes(
  id: string,
  what: string,
  times: readonly number[],
  metrics: Record<string, number>,
): Target[] {
  return (["mean", "max"] as const).map((which, i) => ({
    id: `congestion/ns3-${id}-${which}`,
    source: NS3,
    quantity: `${what}, ${which} FCT, us`,
    expected: times[i],
    simulated: metrics[`fct_${which}_us`],
    tolerance: 0.1 * times[i],
  }));
}

/** By how much the last completion time exceeds the ideal: N messages with headers at line rate. */
function aboveIdeal(policy: string, senders: number, published: number, simulated: number): Target {
  const idealUs = (senders * MB * 1e3 * (MTU + HEADER)) / MTU / fromGbps(GBPS);
  return {
    id: `congestion/ns3-${policy}-${senders}-above-ideal`,
    source: NS3,
    quantity: `${policy}: ${senders} x ${MB} MB, last FCT above ${idealUs.toFixed(0)} us, percent`,
    expected: 100 * (published / idealUs - 1),
    simulated: 100 * (simulated / idealUs - 1),
    tolerance: NEAR_IDEAL[policy as keyof typeof NEAR_IDEAL],
  };
}
