import { describe, expect, it } from "vitest";
import { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import { HEADER, MTU, TELEMETRY } from "../../../kernel/congestion/scenario.ts";
import { CabledTopology } from "../../../kernel/congestion/topologies/cabled_topology.ts";
import { Checking, incastOf, message, play, Scripted, scenarioOf, switchOf, workloadOf } from "./fabric_run.ts";

/** Buffer of a switch that leaves `pool` bytes beyond the reserves of its ports. */
function bufferOf(ports: number, delayNs: number, mtuPerChunk: number, pool: number): number {
  return ports * (4096 + 3 * 12.5 * delayNs + 2 * mtuPerChunk * (MTU + HEADER + TELEMETRY)) + pool;
}

describe("priority flow control", () => {
  const cases = [0, 10, 1000, 10_000].flatMap((delayNs) =>
    [1, 4].flatMap((mtuPerChunk) => [true, false].map((telemetry) => ({ delayNs, mtuPerChunk, telemetry }))),
  );

  it.each(cases)(
    "drops nothing with hardly any buffer: $delayNs ns, $mtuPerChunk a chunk, telemetry $telemetry",
    (one) => {
      const { delayNs, mtuPerChunk, telemetry } = one;
      const kernel = new CongestionKernel();
      const topology = switchOf(9, { delayNs, buffer: bufferOf(9, delayNs, mtuPerChunk, 10_000) });
      const program = new Checking(kernel, new Scripted({ telemetry }), 13);
      play(scenarioOf(incastOf(8, 250_000, topology), { mtuPerChunk }), program, { kernel });
      expect(kernel.fabric.drops).toBe(0);
      expect(kernel.fabric.flowControl.pauses).toBeGreaterThan(0);
      expect(kernel.messages.left).toBe(0);
    },
  );

  it("drops nothing where hosts and trunks of different speeds and lengths meet", () => {
    const kernel = new CongestionKernel();
    const cables = [
      ...Array.from({ length: 6 }, (_, a) => ({ a, b: 8, gbps: 100, delayNs: 37 * a })),
      { a: 6, b: 9, gbps: 25, delayNs: 3 },
      { a: 7, b: 9, gbps: 100, delayNs: 5000 },
      { a: 8, b: 9, gbps: 400, delayNs: 1 },
    ];
    const topology = new CabledTopology({ name: "odd", hosts: 8, switches: 2, cables, buffer: 400_000 });
    const messages = Array.from({ length: 30 }, (_, i) =>
      message(i % 6, 6 + (i % 2), { bytes: 30_000 + 1234 * i, start: 999 * i }),
    );
    play(scenarioOf(workloadOf(topology, messages)), new Checking(kernel, new Scripted(), 5), { kernel });
    expect(kernel.fabric.flowControl.pauses).toBeGreaterThan(0);
    expect(kernel.ledger.finished).toBe(30);
  });

  it("passes pauses on from switch to switch", () => {
    const cables = [
      ...[0, 1, 2, 3].map((a) => ({ a, b: 5, gbps: 100, delayNs: 1000 })),
      { a: 4, b: 6, gbps: 25, delayNs: 1000 },
      { a: 5, b: 6, gbps: 100, delayNs: 1000 },
    ];
    const topology = new CabledTopology({ name: "two switches", hosts: 5, switches: 2, cables, buffer: 500_000 });
    const kernel = new CongestionKernel();
    const messages = [0, 1, 2, 3].map((src) => message(src, 4, { bytes: 500_000 }));
    play(scenarioOf(workloadOf(topology, messages)), new Checking(kernel, new Scripted(), 17), { kernel });
    expect(kernel.fabric.drops).toBe(0);
    for (const link of [0, 2, 4, 6, 10]) expect(kernel.fabric.pausedTime[link]).toBeGreaterThan(0);
  });

  it("lets a link send nothing between pause and resume, except a packet that it had started", () => {
    const topology = switchOf(5, { buffer: bufferOf(5, 1000, 1, 20_000) });
    const kernel = new CongestionKernel();
    const starts: number[][] = [[], [], [], []];
    const pauses: { link: number; from: number; to: number }[] = [];
    const seen = new Float64Array(10);
    const look = () => {
      for (let link = 0; link < 8; link += 2) {
        const time = kernel.fabric.pausedTime[link];
        if (time === seen[link]) continue;
        const from = kernel.fabric.pausedSince[link];
        // If the link was paused again in the meantime, the later pause is checked at its own end.
        if (kernel.fabric.paused[link] !== 0) continue;
        pauses.push({ link, from, to: from + time - seen[link] });
        seen[link] = time;
      }
    };
    const script = new Scripted({
      acknowledge: (queuePair, { ack }) => {
        starts[queuePair].push(ack.sentAt);
        look();
      },
    });
    play(scenarioOf(incastOf(4, 300_000, topology)), script, { kernel });
    const whole = pauses.filter(({ from, to }) => to > from && to - from < 100_000);
    expect(whole.length).toBeGreaterThan(20);
    for (const { link, from, to } of whole) {
      expect(starts[link / 2].filter((start) => start > from && start < to - 1)).toEqual([]);
      const next = starts[link / 2].find((start) => start >= to - 1);
      // The link continues at once if it has something to send.
      if (next !== undefined) expect(next).toBeLessThan(to + 83);
    }
  });

  it("keeps the order of a pause and a resume of one instant: nothing stays stopped", () => {
    for (const delayNs of [0, 1, 2]) {
      const topology = switchOf(33, { delayNs, buffer: bufferOf(33, delayNs, 1, 500) });
      const kernel = play(scenarioOf(incastOf(32, 20_000, topology), { limitNs: 1e7 }));
      expect(kernel.ledger.finished).toBe(32);
      expect([...kernel.fabric.paused].some((paused) => paused !== 0 && kernel.time > 9e6)).toBe(false);
    }
  });

  it("refuses a buffer that does not exceed the ports' headroom", () => {
    const topology = switchOf(9, { buffer: bufferOf(9, 1000, 1, 0) });
    expect(() => play(scenarioOf(incastOf(8, 1000, topology)))).toThrow("buffer of switch 9 must exceed");
  });
});
