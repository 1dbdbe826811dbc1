import { describe, expect, test } from "vitest";
import { assertCongestionWorkload } from "../../../kernel/congestion/assert_workload.ts";
import { fromGbps } from "../../../kernel/congestion/units.ts";
import type { CongestionWorkload } from "../../../kernel/congestion/workload.ts";
import { congestionWorkloads } from "../../../workloads/congestion/catalog.ts";
import { FAMILY_OPTIONS } from "../../../workloads/congestion/families/family.ts";
import { totalBytes } from "../../../workloads/congestion/generators/poisson_messages.ts";
import type { Split } from "../../../workloads/split.ts";

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
const SPLITS: Split[] = ["train", "validation", "test"];

function find(name: string) {
  return congestionWorkloads.find((entry) => entry.name === name)!;
}

/** Bytes of messages, and of requests and responses that cross the network. */
function networkBytes({ messages, smc }: CongestionWorkload): number {
  let sum = totalBytes(messages);
  for (const { connection, requestBytes, responseBytes } of smc?.requests ?? []) {
    if (smc!.connections[connection].transport !== "smc-d") sum += requestBytes + responseBytes;
  }
  return sum;
}

describe("the catalog of congestion workloads", () => {
  test("names every workload once and keeps every family in one split", () => {
    expect(new Set(congestionWorkloads.map(({ name }) => name)).size).toBe(congestionWorkloads.length);
    const entries = SPLITS.map((split) => congestionWorkloads.filter((entry) => entry.split === split));
    expect(entries.map(({ length }) => length)).toEqual([19, 8, 19]);
    const [train, validation, test] = entries.map((of) => new Set(of.map(({ family }) => family)));
    expect(new Set([...train, ...validation, ...test]).size).toBe(train.size + validation.size + test.size);
  });

  test("tests on fabrics and speeds that are not trained on", () => {
    const kinds = (split: Split) =>
      new Set(
        congestionWorkloads
          .filter((entry) => entry.split === split)
          .map(({ open }) => open(0).topology)
          .map(({ name, rate }) => `${name} ${rate[0] * 8}`),
      );
    const trained = kinds("train");
    const shared = [...kinds("test")].filter((kind) => trained.has(kind));
    // Long and short messages across a trunk: the traffic differs from that of the pairs that are trained on.
    expect(shared).toEqual(["dumbbell 100"]);
    expect([...kinds("validation")].some((kind) => kind.startsWith("leaf-spine"))).toBe(false);
  });

  test("has the scenario of the reference table", () => {
    const workload = find("incast").open(3, { senders: 8, bytes: 2_000_000 });
    expect(workload.topology.hosts).toBe(9);
    expect([...new Set(workload.topology.rate)]).toEqual([12.5]);
    expect([...new Set(workload.topology.delay)]).toEqual([1000]);
    expect(workload.topology.buffer[9]).toBe(32 * 2 ** 20);
    expect(workload.messages.map(({ src }) => src)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const flow of workload.messages) {
      expect(flow).toMatchObject({ dst: 8, bytes: 2_000_000, start: 0, after: -1, connection: -1 });
    }
  });

  test("has the requested loads", () => {
    for (const load of [0.2, 0.5, 0.9]) {
      for (const seed of SEEDS.slice(0, 5)) {
        const durationNs = 2_000_000;
        const { messages, topology } = find("websearch").open(seed, { load, durationNs });
        const capacity = fromGbps(100) * topology.hosts * durationNs;
        expect(Math.abs(totalBytes(messages) / capacity / load - 1)).toBeLessThanOrEqual(0.15);
        expect(messages[messages.length - 1].start).toBeLessThan(durationNs);
      }
    }
    const { topology, messages } = find("bursts").open(1, { senders: 10, bytes: 100_000, load: 0.5 });
    expect([topology.hosts, new Set(messages.map(({ connection }) => connection)).size]).toEqual([11, 10]);
    const period = 1e6 / fromGbps(100) / 0.5;
    expect(Math.abs(messages[10].start - period)).toBeLessThan(5001);
  });

  test("has sockets of all kinds, and groups of them on shared links", () => {
    const kinds = (name: string) => {
      const { connections } = find(name).open(0).smc!;
      return [...new Set(connections.map(({ transport }) => transport))].sort();
    };
    expect(kinds("smc")).toEqual(["smc-r"]);
    expect(kinds("smc-mix")).toEqual(["smc-d", "smc-r", "tcp"]);
    expect(kinds("smc-200-leaf-spine")).toEqual(["smc-r", "tcp"]);
    const { connections } = find("smc").open(0).smc!;
    const pairs = new Set(connections.map(({ client, server }) => `${client} ${server}`));
    expect(connections.length / pairs.size).toBeGreaterThanOrEqual(4);
  });

  test("judges collectives by their end", () => {
    const judged = congestionWorkloads.filter(({ open }) => open(0).makespan).map(({ name }) => name);
    expect(judged).toEqual([
      "ring",
      "parameter-server",
      "ring-leaf-spine",
      "moe-leaf-spine",
      "parameter-server-400-dumbbell",
    ]);
  });

  test("refuses options that a workload does not use, and impossible values", () => {
    expect(() => find("incast").open(0, { load: 0.5 })).toThrow(
      new RangeError("workload incast has no option load; allowed: senders, bytes"),
    );
    expect(() => find("websearch-60-leaf-spine").open(0, { load: 0.5 })).toThrow(
      "workload websearch-60-leaf-spine has no option load; allowed: none of senders, bytes and load",
    );
    expect(() => find("incast").open(0, { senders: 0 })).toThrow(
      "incast: senders must be a whole number from 1 to 1024, got 0",
    );
    expect(() => find("all-to-all").open(0, { senders: 1 })).toThrow(
      "senders must be a whole number from 2 to 64, got 1",
    );
    expect(() => find("incast").open(0, { bytes: 1.5 })).toThrow("incast: bytes must be a whole number from 1 to");
    expect(() => find("websearch").open(0, { load: 1.5 })).toThrow("load must be above 0 and at most 1, got 1.5");
    expect(() => find("websearch").open(0, { durationNs: 0 })).toThrow("durationNs must be a whole number from 1 to");
    expect(() => find("lone").open(0, { gbps: -1 })).toThrow("gbps must be above 0 and at most 1600 Gb/s, got -1");
    expect(() => find("lone").open(0, { delayNs: 0 })).toThrow("delayNs must be a whole number from 1 to");
  });
});

describe.each(congestionWorkloads.map((entry) => [entry.name, entry] as const))("%s", (name, { open }) => {
  test("gives possible workloads of some megabytes", () => {
    for (const seed of SEEDS) {
      const workload = open(seed);
      assertCongestionWorkload(workload);
      expect(workload.name).toBe(name);
      const bytes = networkBytes(workload);
      expect(bytes).toBeGreaterThan(1e6);
      expect(bytes).toBeLessThan(42e6);
    }
  });

  test("is the same for the same seed and differs between seeds", () => {
    expect(open(3)).toEqual(open(3));
    const sizes = (seed: number) => JSON.stringify([open(seed).messages, open(seed).smc]);
    expect(sizes(4)).not.toBe(sizes(3));
  });

  test("can run at another speed and with longer links", () => {
    const { topology } = open(2, { gbps: 80, delayNs: 2500 });
    expect([topology.rate[0], topology.delay[topology.delay.length - 1] % 1]).toEqual([10, 0]);
    expect([...topology.delay].filter((delay) => delay === 2500).length).toBeGreaterThan(0);
    expect(Math.min(...topology.delay)).toBe(2500);
  });

  test("takes the options that it does not refuse", () => {
    for (const option of FAMILY_OPTIONS) {
      const value = { senders: 6, bytes: 70_000, load: 0.2 }[option];
      try {
        assertCongestionWorkload(open(1, { [option]: value }));
      } catch (error) {
        expect(String(error)).toContain(`workload ${name} has no option ${option}`);
      }
    }
  });
});
