import { describe, expect, it } from "vitest";
import { FixedRate } from "../../../baselines/congestion/fixed_rate.ts";
import { programHeuristic } from "../../../baselines/congestion/program_heuristic.ts";
import type { Script } from "./fabric_run.ts";
import { incastOf, message, play, Scripted, scenarioOf, switchOf, times, workloadOf } from "./fabric_run.ts";

const PACKET = 1036;
const LINE = 12.5;

/** Start times of the packets of each queue pair under a script. */
function starts(script: Script, workload = incastOf(1, 100_000), mtuPerChunk = 1): number[][] {
  const all: number[][] = [];
  const program = new Scripted({
    ...script,
    acknowledge: (queuePair, table) => {
      all[queuePair] ??= [];
      all[queuePair].push(table.ack.sentAt);
      script.acknowledge?.(queuePair, table);
    },
  });
  play(scenarioOf(workload, { mtuPerChunk }), program);
  return all;
}

describe("a queue pair", () => {
  it("sends 2 MB alone, up to the last acknowledgement, in the computed time", () => {
    const kernel = play(scenarioOf(incastOf(1, 2_000_000)));
    const wire = (2000 * PACKET) / LINE;
    const exact = wire + 1000 + PACKET / LINE + 1000 + 2 * (60 / LINE + 1000);
    expect(times(kernel)).toEqual([Math.ceil(exact)]);
    expect(times(kernel)[0] / 1000).toBeCloseTo(169.85, 2);
  });

  it.each([1, 2, 3, 4, 5, 8, 16, 33, 64])(
    "of %i sends no faster than the shared link, and is never late alone",
    (senders) => {
      const kernel = play(scenarioOf(incastOf(senders, 200_000)));
      const last = Math.max(...times(kernel));
      const ideal = (senders * 200 * PACKET) / LINE;
      expect(last).toBeGreaterThan(ideal);
      expect(last).toBeLessThan(ideal + 5000);
    },
  );

  it.each([
    [0.37, 1],
    [0.37, 4],
    [0.01, 1],
  ])("never sends above its rate over any interval (%f of the line, %i packets a chunk)", (share, mtuPerChunk) => {
    const [times] = starts({ share }, incastOf(1, 80_000), mtuPerChunk);
    for (let i = 0; i < times.length; i++) {
      for (let j = i + 1; j < times.length; j++) {
        // Bytes sent from the start of one chunk to the start of another.
        const bytes = (j - i) * mtuPerChunk * PACKET;
        expect(bytes).toBeLessThanOrEqual(share * LINE * (times[j] - times[i]) * (1 + 1e-9));
      }
    }
    // The rate is hardly below the limit: an event comes at most 1 ns late.
    const gap = (mtuPerChunk * PACKET) / (share * LINE);
    expect(times[times.length - 1] - times[0]).toBeLessThan((times.length - 1) * (gap + 1));
  });

  it.each([1, 4])("never has more in flight than its window and a chunk (%i packets a chunk)", (mtuPerChunk) => {
    const window = 10_500;
    let most = 0;
    const acknowledge: Script["acknowledge"] = (queuePair, { sent, acked }) => {
      most = Math.max(most, sent[queuePair] - acked[queuePair]);
    };
    play(scenarioOf(incastOf(3, 300_000), { mtuPerChunk }), new Scripted({ window, acknowledge }));
    expect(most).toBeLessThan(window + mtuPerChunk * 1000);
    expect(most).toBeGreaterThan(window - mtuPerChunk * 1000);
  });

  it("reaches its window divided by the round trip", () => {
    const window = 8000;
    const [times] = starts({ window }, incastOf(1, 400_000));
    const rtt = 2 * (PACKET / LINE + 1000) + 2 * (60 / LINE + 1000);
    const rounds = (times[times.length - 1] - times[0]) / rtt;
    expect(rounds).toBeGreaterThan(392 / 8);
    expect(rounds).toBeLessThan(1.01 * (400 / 8));
  });

  it("moves its next packet to a new rate when the program rearms, and keeps the gap otherwise", () => {
    const faster: Script["acknowledge"] = (queuePair, { rate, line }) => {
      rate[queuePair] = line[queuePair];
    };
    const gap = PACKET / (0.01 * LINE);
    const [kept] = starts({ share: 0.01, rearms: false, acknowledge: faster });
    expect(kept[1]).toBeGreaterThanOrEqual(gap);
    expect(kept[1]).toBeLessThan(gap + 1);
    const [moved] = starts({ share: 0.01, rearms: true, acknowledge: faster });
    const rtt = 2 * (PACKET / LINE + 1000) + 2 * (60 / LINE + 1000);
    expect(moved[1]).toBeGreaterThanOrEqual(rtt);
    expect(moved[1]).toBeLessThan(rtt + 3);
    expect(moved[2] - moved[1]).toBeCloseTo(PACKET / LINE, 6);
  });

  it("delays its next packet at a lower rate when the program rearms", () => {
    const slower: Script["acknowledge"] = (queuePair, { rate, line }) => {
      rate[queuePair] = 0.02 * line[queuePair];
    };
    const [times] = starts({ share: 0.1, rearms: true, acknowledge: slower });
    const later = times.findIndex((start) => start > 4200);
    expect(times[later] - times[later - 1]).toBeGreaterThanOrEqual(PACKET / (0.02 * LINE) - 1e-6);
  });

  it("takes turns with another queue pair of its host: both get half of the link", () => {
    const workload = workloadOf(switchOf(3), [message(0, 1, { bytes: 300_000 }), message(0, 2, { bytes: 300_000 })]);
    const acked = new Float64Array(2);
    let apart = 0;
    const script = new Scripted({
      acknowledge: (queuePair, table) => {
        acked[queuePair] = table.acked[queuePair];
        if (acked[0] < 300_000 && acked[1] < 300_000) apart = Math.max(apart, Math.abs(acked[0] - acked[1]));
      },
    });
    const kernel = play(scenarioOf(workload), script);
    // The first queue pair is in line again before the second begins.
    expect(apart).toBeLessThanOrEqual(2000);
    expect(Math.abs(times(kernel)[0] - times(kernel)[1])).toBeLessThan((2 * PACKET) / LINE + 1);
    expect(times(kernel)[0]).toBeGreaterThan((597 * PACKET) / LINE);
  });

  it("that is slower than its host's link leaves the rest to others", () => {
    const workload = workloadOf(switchOf(3), [message(0, 1, { bytes: 100_000 }), message(0, 2, { bytes: 300_000 })]);
    const script = new Scripted({
      begin: (queuePair, { rate, line }) => {
        if (queuePair === 0) rate[queuePair] = 0.25 * line[queuePair];
      },
    });
    const kernel = play(scenarioOf(workload), script);
    // The gap counts from the actual start of a packet, which may have waited for a packet of the other queue pair.
    const gap = (4 * PACKET) / LINE;
    expect(times(kernel)[0]).toBeGreaterThan(99 * gap);
    expect(times(kernel)[0]).toBeLessThan(99 * (gap + PACKET / LINE) + 4600);
    expect(times(kernel)[1]).toBeGreaterThan((375 * PACKET) / LINE);
    expect(times(kernel)[1]).toBeLessThan((400 * PACKET) / LINE + 4600);
  });

  it("does the same whether its program or a decision from outside holds a rate", () => {
    const workload = incastOf(2, 50_000);
    const program = programHeuristic(
      new FixedRate("half", { start: 0.5, floor: () => 0, window: Number.POSITIVE_INFINITY }),
    );
    const inside = play(scenarioOf(workload), program.decide(null!).program!);
    const outside = play(scenarioOf(workload), new Scripted({ share: 0.5 }));
    expect(times(inside)).toEqual(times(outside));
  });
});
