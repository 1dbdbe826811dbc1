import { describe, expect, it } from "vitest";
import { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import { Checking, incastOf, message, play, Scripted, scenarioOf, switchOf, times, workloadOf } from "./fabric_run.ts";

const LOSSY = { lossless: false };

describe("a fabric without flow control", () => {
  it.each([1, 4])(
    "drops packets that do not fit, and delivers all by sending again (%i packets a chunk)",
    (mtuPerChunk) => {
      const kernel = new CongestionKernel();
      const workload = incastOf(8, 300_000, switchOf(9, { buffer: 100_000 }));
      play(scenarioOf(workload, { ...LOSSY, mtuPerChunk }), new Checking(kernel, new Scripted(), 7), { kernel });
      expect(kernel.fabric.drops).toBeGreaterThan(100);
      expect(kernel.messages.left).toBe(0);
      expect(kernel.ledger.finished).toBe(8);
      expect(kernel.fabric.greatestQueue).toBeLessThanOrEqual(100_000);
      expect(kernel.fabric.flowControl.pauses).toBe(0);
    },
  );

  it("drops nothing while the buffer is large enough, and then takes as long as with flow control", () => {
    const workload = incastOf(4, 500_000);
    const lossy = play(scenarioOf(workload, LOSSY));
    expect(lossy.fabric.drops).toBe(0);
    expect(times(lossy)).toEqual(times(play(scenarioOf(workload))));
  });

  it("drops a packet that would make a queue longer than the rest of the buffer", () => {
    // Every sender sends one packet at the same instant. One leaves at once, two wait, and another one would exceed the
    // rest of the buffer.
    const buffer = 3 * 1036;
    const kernel = play(scenarioOf(incastOf(10, 1000, switchOf(11, { buffer })), { ...LOSSY, limitNs: 100_000 }));
    expect(kernel.fabric.drops).toBe(10 - 1 - 2);
    expect(kernel.ledger.finished).toBe(3);
  });

  it("sends a lone last packet again after a timeout", () => {
    const lost: boolean[] = [];
    const script = new Scripted({ lose: (_, timeout) => lost.push(timeout) });
    const kernel = play(scenarioOf(incastOf(3, 1000, switchOf(4, { buffer: 1100 })), LOSSY), script);
    expect(kernel.fabric.drops).toBe(1);
    expect(lost).toEqual([true]);
    expect(Math.max(...times(kernel))).toBeGreaterThan(1_000_000);
  });

  it("goes back to the first missing packet when the receiver complains, at limited intervals", () => {
    const lost: boolean[] = [];
    // The second sender's packets come between those of the first.
    const workload = workloadOf(switchOf(3, { buffer: 8000 }), [
      message(0, 2, { bytes: 200_000 }),
      message(1, 2, { bytes: 50_000, start: 2000 }),
    ]);
    const kernel = play(scenarioOf(workload, LOSSY), new Scripted({ lose: (_, timeout) => lost.push(timeout) }));
    expect(kernel.fabric.drops).toBeGreaterThan(0);
    expect(lost.filter((timeout) => !timeout).length).toBeGreaterThan(0);
    expect(kernel.messages.left).toBe(0);
  });

  it("skips bytes that were acknowledged after they were given up", () => {
    const kernel = new CongestionKernel();
    // At 1 Gb/s the bytes of the first eight senders take 6 ms to leave the switch. The acknowledgements of the last
    // sender arrive after its timeout. It then sends hardly anything again.
    const messages = Array.from({ length: 8 }, (_, src) => message(src, 9));
    const late = message(8, 9, { bytes: 60_000, start: 500_000 });
    let timeouts = 0;
    const script = new Scripted({
      lose: (queuePair, timeout, table) => {
        if (timeout) timeouts++;
        table.rate[queuePair] = 0.001 * table.line[queuePair];
      },
    });
    const workload = workloadOf(switchOf(10, { gbps: 1 }), [...messages, late]);
    play(scenarioOf(workload, LOSSY), new Checking(kernel, script, 1), { kernel });
    expect(timeouts).toBeGreaterThan(0);
    expect(kernel.fabric.drops).toBe(0);
    expect(kernel.ledger.finished).toBe(9);
    // Only the first bytes were sent twice.
    expect(kernel.fabric.sent[2 * 8]).toBeLessThan(80 * 1036);
  });

  it("ends a queue pair after a long rest, although copies of its packets are acknowledged meanwhile", () => {
    const messages = [0, 1, 2, 3, 4, 5, 6, 7].map((src) => message(src, 9));
    const late = message(8, 9, { bytes: 60_000, start: 500_000, connection: 0 });
    const script = new Scripted({
      lose: (queuePair, _, table) => {
        table.rate[queuePair] = 0.5 * table.line[queuePair];
      },
    });
    const workload = workloadOf(switchOf(10, { gbps: 1 }), [...messages, late, { ...late, start: 50_000_000 }]);
    const kernel = play(scenarioOf(workload, LOSSY), script);
    expect(kernel.ledger.finished).toBe(10);
    // A new queue pair begins at line rate, at which this takes 0.5 ms.
    expect(times(kernel)[9]).toBeLessThan(600_000);
  });

  it("frees the index and the link after such a loss", () => {
    const kernel = new CongestionKernel();
    const messages = Array.from({ length: 120 }, (_, i) =>
      message(i % 12, 12 + ((i * 7) % 3), { bytes: 20_000 + 997 * (i % 9), start: 40_000 * i }),
    );
    const workload = workloadOf(switchOf(15, { gbps: 1, buffer: 120_000 }), messages);
    play(scenarioOf(workload, { ...LOSSY, limitNs: 3e8 }), new Checking(kernel, new Scripted(), 11), { kernel });
    expect(kernel.fabric.drops).toBeGreaterThan(0);
    expect(kernel.ledger.finished).toBe(120);
  });
});
