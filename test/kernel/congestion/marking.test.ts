import { describe, expect, it } from "vitest";
import type { Marking } from "../../../kernel/congestion/rate_control.ts";
import { incastOf, message, play, Scripted, scenarioOf, switchOf, workloadOf } from "./fabric_run.ts";

interface Heard {
  queue: number;
  marked: number;
  packets: number;
}

/** The queue that each packet met in the only queue of an incast, and whether it was marked there. */
function heard(marking: Marking, { mtuPerChunk = 1, gbps = 100, seed = 1, bytes = 1_000_000 } = {}): Heard[] {
  const all: Heard[] = [];
  const script = new Scripted({
    telemetry: true,
    marking,
    acknowledge: (_, { ack }) => all.push({ queue: ack.queue[0], marked: ack.marked, packets: ack.packets }),
  });
  const workload = incastOf(4, bytes, switchOf(5, { gbps }));
  play(scenarioOf(workload, { mtuPerChunk }), script, { seed });
  return all;
}

const MARKING = { kmin: 200_000, kmax: 1_000_000, pmax: 0.2 };

function share(packets: readonly Heard[]): number {
  return packets.reduce((sum, { marked }) => sum + marked, 0) / packets.length;
}

describe("marks", () => {
  it("are never set at or below kmin and always above kmax", () => {
    const all = heard(MARKING);
    const below = all.filter(({ queue }) => queue <= MARKING.kmin);
    const above = all.filter(({ queue }) => queue > MARKING.kmax);
    expect(below.length).toBeGreaterThan(100);
    expect(above.length).toBeGreaterThan(100);
    expect(share(below)).toBe(0);
    expect(share(above)).toBe(1);
  });

  it.each([1, 4])("are set between with the probability that one of %i packets is", (mtuPerChunk) => {
    for (const [from, to] of [
      [0, 0.25],
      [0.25, 0.5],
      [0.5, 0.75],
      [0.75, 1],
    ]) {
      const { kmin, kmax, pmax } = MARKING;
      const part = ({ queue }: Heard) => (queue - kmin) / (kmax - kmin);
      let met = 0;
      let expected = 0;
      let variance = 0;
      let marked = 0;
      for (let seed = 1; seed <= 8; seed++) {
        for (const one of heard(MARKING, { mtuPerChunk, seed })) {
          if (part(one) <= from || part(one) > to) continue;
          const chance = 1 - (1 - pmax * part(one)) ** one.packets;
          met++;
          marked += one.marked;
          expected += chance;
          variance += chance * (1 - chance);
        }
      }
      expect(met).toBeGreaterThan(300);
      expect(Math.abs(marked - expected)).toBeLessThan(4 * Math.sqrt(variance));
    }
  });

  it("have thresholds that scale with the rate of the link", () => {
    const all = heard(MARKING, { gbps: 25 });
    expect(share(all.filter(({ queue }) => queue <= MARKING.kmin / 4))).toBe(0);
    expect(share(all.filter(({ queue }) => queue > MARKING.kmax / 4))).toBe(1);
    expect(share(all.filter(({ queue }) => queue > MARKING.kmin / 4 && queue < MARKING.kmin))).toBeGreaterThan(0);
  });

  it("are all or nothing where both thresholds are the same", () => {
    const marking = { kmin: 300_000, kmax: 300_000, pmax: 1 };
    for (const { queue, marked } of heard(marking)) expect(marked).toBe(queue > 300_000 ? 1 : 0);
  });

  it("depend on the seed, and not on other traffic", () => {
    const marks = (seed: number, others: boolean) => {
      const log: string[] = [];
      const script = new Scripted({
        marking: { kmin: 0, kmax: 2_000_000, pmax: 0.5 },
        acknowledge: (queuePair, { ack }) => {
          if (ack.sequence <= 500_000 && table(queuePair)) log.push(`${queuePair} ${ack.sequence} ${ack.marked}`);
        },
      });
      const table = (queuePair: number) => queuePair < 3;
      const messages = [0, 1, 2].map((src) => message(src, 3, { bytes: 500_000 }));
      const elsewhere = [4, 5].map((src) => message(src, 6, { bytes: 300_000 }));
      play(scenarioOf(workloadOf(switchOf(7), others ? [...messages, ...elsewhere] : messages)), script, { seed });
      return log;
    };
    const alone = marks(1, false);
    expect(alone.some((line) => line.endsWith("1"))).toBe(true);
    expect(marks(1, true)).toEqual(alone);
    expect(marks(2, false)).not.toEqual(alone);
  });
});
