import { describe, expect, it } from "vitest";
import { leafSpine } from "../../../kernel/congestion/topologies/leaf_spine.ts";
import { MOST_HOPS } from "../../../kernel/congestion/topology.ts";
import { message, play, Scripted, scenarioOf, switchOf, times, workloadOf } from "./fabric_run.ts";

describe("messages", () => {
  it("wait until all of the group they depend on are delivered, and their own time after that", () => {
    const messages = [
      message(0, 1, { bytes: 50_000, group: 0 }),
      message(1, 2, { bytes: 150_000, group: 0 }),
      message(2, 3, { after: 0, start: 700, group: 1 }),
      message(3, 0, { after: 1 }),
    ];
    const kernel = play(scenarioOf(workloadOf(switchOf(4), messages, true)));
    const { released, finished } = kernel.messages;
    const ack = 2 * (60 / 12.5 + 1000);
    const delivered = finished[1] - ack;
    expect(released[2]).toBeGreaterThanOrEqual(Math.floor(delivered + 700) - 1);
    expect(released[2]).toBeLessThanOrEqual(Math.ceil(delivered + 700) + 1);
    expect(released[3]).toBeGreaterThan(released[2] + 8000);
    expect(kernel.ledger.finished).toBe(4);
  });

  it("of one connection are sent in order by one queue pair", () => {
    const messages = [0, 1, 2].map(() => message(0, 1, { connection: 0, bytes: 40_000 }));
    const begun: number[] = [];
    const kernel = play(
      scenarioOf(workloadOf(switchOf(2), messages)),
      new Scripted({ begin: (queuePair) => begun.push(queuePair) }),
    );
    expect(begun).toEqual([0]);
    const [first, second, third] = times(kernel);
    expect(second - first).toBeCloseTo((40 * 1036) / 12.5, -1);
    expect(third - second).toBeCloseTo((40 * 1036) / 12.5, -1);
  });

  it.each([
    [20_000, false],
    [90_000, false],
    [110_000, true],
    [500_000, true],
  ])("keep the rate of their connection after %i ns of silence unless that is long: new %s", (silence, anew) => {
    const one = message(0, 1, { connection: 0, bytes: 10_000 });
    const alone = play(scenarioOf(workloadOf(switchOf(2), [one])));
    const start = times(alone)[0] + silence;
    const messages = [one, { ...one, start }];
    let begun = 0;
    const script = new Scripted({
      begin: () => begun++,
      acknowledge: (queuePair, { rate, line }) => {
        rate[queuePair] = line[queuePair] / 8;
      },
    });
    // The first message leaves at line rate: its feedback comes too late.
    const kernel = play(scenarioOf(workloadOf(switchOf(2), messages)), script);
    const [first, second] = times(kernel);
    expect(begun).toBe(anew ? 2 : 1);
    if (anew) expect(second).toBe(first);
    else expect(second).toBeGreaterThan(first + 4000);
  });

  it("without a connection each start anew, and reuse indices, the lowest first", () => {
    const messages = [0, 1, 2, 3].map((i) => message(0, 1, { start: 30_000 * i, bytes: 10_000 }));
    const begun: number[] = [];
    play(scenarioOf(workloadOf(switchOf(2), messages)), new Scripted({ begin: (queuePair) => begun.push(queuePair) }));
    expect(begun).toEqual([0, 0, 0, 0]);
  });

  it("can be more at once than the initial capacity", () => {
    const messages = Array.from({ length: 700 }, (_, i) => message(i % 7, 7, { bytes: 3000 + i }));
    const kernel = play(scenarioOf(workloadOf(switchOf(8), messages)));
    expect(kernel.ledger.finished).toBe(700);
    expect(kernel.view.queuePairs.count).toBe(700);
  });
});

describe("equal paths", () => {
  const topology = leafSpine({ leaves: 4, spines: 4, hostsPerLeaf: 4, gbps: 100, fabricGbps: 100, delayNs: 1000 });
  const messages = Array.from({ length: 64 }, (_, i) =>
    message(i % 4, 4 + (i % 12), { bytes: 5000, start: 20_000 * i }),
  );

  function spines(seed: number, script = new Scripted()): number[] {
    const kernel = play(scenarioOf(workloadOf(topology, messages)), script, { seed });
    return messages.map((_, i) => kernel.connections.pathOf(i)[1]);
  }

  it("are all used under any program, by a choice that depends on the seed", () => {
    const chosen = spines(1);
    expect(new Set(chosen).size).toBe(4);
    expect(spines(1, new Scripted({ share: 0.1 }))).toEqual(chosen);
    expect(spines(2)).not.toEqual(chosen);
  });

  it("are the same for all packets of a queue pair, forth and back", () => {
    const seen = new Map<number, string>();
    const kernel = play(
      scenarioOf(workloadOf(topology, [message(0, 12, { bytes: 200_000 })])),
      new Scripted({
        telemetry: true,
        acknowledge: (queuePair, { ack }) => {
          expect(ack.hops).toBe(3);
          seen.set(queuePair, "");
        },
      }),
    );
    const used = [...kernel.fabric.sent].filter((bytes) => bytes > 0);
    expect(seen.size).toBe(1);
    expect(used).toEqual(new Array(4).fill(200 * 1078));
    expect(kernel.paths.length[0]).toBeLessThanOrEqual(MOST_HOPS);
  });
});
