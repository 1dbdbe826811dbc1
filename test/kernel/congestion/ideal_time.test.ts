import { describe, expect, it } from "vitest";
import {
  deliveryNs,
  firstPacket,
  headNs,
  idealNs,
  lastPacket,
  requestIdealNs,
  returnNs,
  streamNs,
  tailNs,
  wireBytes,
} from "../../../kernel/congestion/ideal_time.ts";
import { ACK_BYTES, HEADER, MTU } from "../../../kernel/congestion/scenario.ts";
import { CabledTopology } from "../../../kernel/congestion/topologies/cabled_topology.ts";
import { fromGbps } from "../../../kernel/congestion/units.ts";
import { randomStream } from "../../../kernel/random.ts";

/** Two hosts and a row of switches: one switch for each rate after the first. */
function chain(gbps: readonly number[], delayNs = 1000): { topology: CabledTopology; path: Int32Array } {
  const node = (i: number) => (i === 0 ? 0 : i === gbps.length ? 1 : 1 + i);
  const cables = gbps.map((rate, i) => ({ a: node(i), b: node(i + 1), gbps: rate, delayNs }));
  const topology = new CabledTopology({ name: "chain", hosts: 2, switches: gbps.length - 1, cables, buffer: 1e6 });
  return { topology, path: topology.path(0, 1, 0) };
}

describe("a message on the wire", () => {
  it("has a header for each packet", () => {
    expect([1, 999, 1000, 1001, 2_000_000].map(wireBytes)).toEqual([37, 1035, 1036, 1073, 2_072_000]);
    expect([1, 1000, 1001, 2500].map(lastPacket)).toEqual([37, 1036, 37, 536]);
  });
});

describe("the time of a message alone", () => {
  it("is within 0.2 % of the packet simulator's 170.1 us for 2 MB over one switch", () => {
    const { topology, path } = chain([100, 100]);
    expect(Math.abs(idealNs(topology, path, 2_000_000) / 170_100 - 1)).toBeLessThan(0.002);
  });

  it("is that of the packet on every link, the propagation and the acknowledgement for one packet", () => {
    const { topology, path } = chain([100, 400]);
    const there = 536 / 12.5 + 536 / 50 + 2000;
    const back = ACK_BYTES / 12.5 + ACK_BYTES / 50 + 2000;
    expect(deliveryNs(topology, path, 500)).toBeCloseTo(there, 9);
    expect(returnNs(topology, path)).toBeCloseTo(back, 9);
    expect(idealNs(topology, path, 500)).toBeCloseTo(there + back, 9);
  });

  it("is the time to forward its packets one by one, for any rates and sizes", () => {
    const random = randomStream(1, "test/ideal");
    for (let trial = 0; trial < 300; trial++) {
      const rates = Array.from({ length: 1 + random.integer(5) }, () => [25, 50, 100, 400][random.integer(4)]);
      const bytes = 1 + random.integer(12 * MTU);
      const { topology, path } = chain(rates, 500);
      expect(deliveryNs(topology, path, bytes)).toBeCloseTo(forwarded(rates, bytes, 1, 500), 6);
    }
  });

  it("is at most the time with chunks of several packets", () => {
    const random = randomStream(2, "test/ideal");
    for (let trial = 0; trial < 300; trial++) {
      const rates = Array.from({ length: 1 + random.integer(5) }, () => [25, 50, 100, 400][random.integer(4)]);
      const bytes = 1 + random.integer(40 * MTU);
      const { topology, path } = chain(rates, 500);
      for (const chunk of [2, 3, 4]) {
        expect(forwarded(rates, bytes, chunk, 500)).toBeGreaterThan(deliveryNs(topology, path, bytes) - 1e-6);
      }
    }
  });

  it("leaves enough time on every link between its head and its tail", () => {
    const random = randomStream(3, "test/ideal");
    for (let trial = 0; trial < 300; trial++) {
      const rates = Array.from({ length: 1 + random.integer(5) }, () => [25, 50, 100, 400][random.integer(4)]);
      const bytes = 1 + random.integer(12 * MTU);
      const { topology, path } = chain(rates, 500);
      for (let hop = 0; hop < rates.length; hop++) {
        const room =
          deliveryNs(topology, path, bytes) -
          headNs(topology, path, hop, firstPacket(bytes)) -
          tailNs(topology, path, hop, lastPacket(bytes));
        expect(room).toBeGreaterThan(wireBytes(bytes) / topology.rate[path[hop]] - 1e-6);
      }
    }
  });
});

/** Forwards packet by packet. Returns when the last bit arrives at the end of links with these rates. */
function forwarded(gbps: readonly number[], bytes: number, packetsTogether: number, delayNs: number): number {
  const free = gbps.map(() => 0);
  let arrived = 0;
  for (let left = bytes; left > 0; left -= packetsTogether * MTU) {
    const payload = Math.min(left, packetsTogether * MTU);
    const wire = payload + HEADER * Math.ceil(payload / MTU);
    arrived = 0;
    gbps.forEach((rate, h) => {
      free[h] = Math.max(free[h], arrived) + wire / fromGbps(rate);
      arrived = free[h] + delayNs;
    });
  }
  return arrived;
}

describe("the time of a request alone", () => {
  const request = { connection: 0, start: 5, requestBytes: 200, responseBytes: 5000, serviceNs: 700 };
  const socket = { client: 0, server: 1, transport: "smc-r", readDelayNs: 300 } as const;

  it("is the sum of both ways, the service and two reads", () => {
    const { topology, path } = chain([100, 100]);
    const back = topology.path(1, 0, 0);
    const there = 2000 + (200 * 1.036 + 37) / 12.5;
    expect(requestIdealNs(topology, request, socket, path, back)).toBeCloseTo(
      there + 700 + 2000 + (5000 * 1.036 + 37) / 12.5 + 600,
      9,
    );
    const stream = { ...request, responseBytes: 0 };
    expect(requestIdealNs(topology, stream, socket, path, back)).toBeCloseTo(there + 300, 9);
  });

  it("is at most that of its bytes as messages", () => {
    const random = randomStream(4, "test/ideal");
    for (let trial = 0; trial < 300; trial++) {
      const rates = Array.from({ length: 1 + random.integer(5) }, () => [25, 50, 100, 400][random.integer(4)]);
      const bytes = 1 + random.integer(12 * MTU);
      const { topology, path } = chain(rates, 500);
      expect(streamNs(topology, path, bytes)).toBeLessThan(deliveryNs(topology, path, bytes) + 1e-6);
    }
  });

  it("is service and reads through memory, and never zero", () => {
    const { topology } = chain([100, 100]);
    const none = new Int32Array(0);
    const local = { ...socket, server: 0, transport: "smc-d" } as const;
    expect(requestIdealNs(topology, request, local, none, none)).toBe(1300);
    const instant = { ...request, serviceNs: 0 };
    expect(requestIdealNs(topology, instant, { ...local, readDelayNs: 0 }, none, none)).toBe(1);
  });
});
