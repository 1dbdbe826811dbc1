import { describe, expect, test } from "vitest";
import { dumbbell } from "../../../kernel/congestion/topologies/dumbbell.ts";
import { leafSpine } from "../../../kernel/congestion/topologies/leaf_spine.ts";
import { parkingLot } from "../../../kernel/congestion/topologies/parking_lot.ts";
import { singleSwitch } from "../../../kernel/congestion/topologies/single_switch.ts";
import { MOST_HOPS, reverse, type Topology } from "../../../kernel/congestion/topology.ts";
import { hash32 } from "../../../kernel/random.ts";

const MIB = 2 ** 20;
const gbps = 100;
const delayNs = 1000;

const fabrics: [string, Topology, links: number][] = [
  ["single switch", singleSwitch({ hosts: 5, gbps, delayNs }), 10],
  ["dumbbell", dumbbell({ left: 3, right: 2, gbps, trunkGbps: 40, delayNs }), 12],
  ["parking lot", parkingLot({ hops: 3, hostsPerSwitch: 2, gbps, delayNs }), 22],
  ["leaf-spine", leafSpine({ leaves: 4, spines: 4, hostsPerLeaf: 3, gbps, fabricGbps: 400, delayNs }), 56],
];

describe.each(fabrics)("%s", (name, topology, links) => {
  test("lays every cable in both directions and gives only switches a buffer", () => {
    expect(topology.name).toBe(name);
    expect(topology.from.length).toBe(links);
    for (let link = 0; link < links; link++) {
      expect(topology.from[link]).toBe(topology.to[reverse(link)]);
      expect(topology.rate[link]).toBe(topology.rate[reverse(link)]);
      expect(topology.delay[link]).toBe(topology.delay[reverse(link)]);
    }
    topology.buffer.forEach((buffer, node) => {
      expect(buffer).toBe(node < topology.hosts ? 0 : 32 * MIB);
    });
    expect(topology.buffer.length).toBe(topology.nodes);
  });

  test("has a path between any two hosts, whose links join, through switches only", () => {
    for (let src = 0; src < topology.hosts; src++) {
      for (let dst = 0; dst < topology.hosts; dst++) {
        if (src === dst) continue;
        for (let hash = 0; hash < 8; hash++) {
          const path = topology.path(src, dst, hash);
          expect(path.length).toBeLessThanOrEqual(MOST_HOPS);
          expect(topology.from[path[0]]).toBe(src);
          expect(topology.to[path[path.length - 1]]).toBe(dst);
          for (let i = 1; i < path.length; i++) {
            expect(topology.from[path[i]]).toBe(topology.to[path[i - 1]]);
            expect(topology.from[path[i]]).toBeGreaterThanOrEqual(topology.hosts);
          }
          expect(topology.path(src, dst, hash)).toBe(path);
        }
      }
    }
  });

  test("refuses paths of hosts that do not exist", () => {
    expect(() => topology.path(0, 99, 0)).toThrow(`${name}: a host must be 0 to ${topology.hosts - 1}, got 99`);
    expect(() => topology.path(1, 1, 0)).toThrow(`${name}: there is no path from host 1 to itself`);
  });
});

test("paths have the lengths of their fabric", () => {
  const [single, bell, lot, leaves] = fabrics.map(([, topology]) => topology);
  expect([...single.path(0, 4, 7)]).toEqual([0, 9]);
  expect([...bell.path(0, 4, 7)]).toEqual([0, 10, 9]);
  expect(bell.rate[10]).toBe(5);
  expect([...lot.path(0, 7, 7)]).toEqual([0, 16, 18, 20, 15]);
  expect([...lot.path(7, 2, 7)]).toEqual([14, 21, 19, 5]);
  expect(leaves.path(0, 2, 7).length).toBe(2);
  expect(leaves.path(0, 3, 7).length).toBe(4);
  expect(leaves.rate[leaves.path(0, 3, 7)[1]]).toBe(50);
});

test("ECMP spreads flows over the spines evenly", () => {
  const topology = leafSpine({ leaves: 2, spines: 4, hostsPerLeaf: 2, gbps, fabricGbps: gbps, delayNs });
  const flows = new Map<number, number>();
  for (let i = 0; i < 4000; i++) {
    const up = topology.path(0, 2, hash32(5, i, 0))[1];
    flows.set(up, (flows.get(up) ?? 0) + 1);
  }
  expect(flows.size).toBe(4);
  for (const count of flows.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
});

test("hosts can have cables of different lengths", () => {
  const delays = [1000, 5000, 10000];
  const topology = singleSwitch({ hosts: 3, gbps, delayNs, delays });
  delays.forEach((delay, host) => {
    expect([topology.delay[2 * host], topology.delay[2 * host + 1]]).toEqual([delay, delay]);
  });
  const far = leafSpine({ leaves: 1, spines: 1, hostsPerLeaf: 3, gbps, fabricGbps: gbps, delayNs, delays });
  expect([...far.delay]).toEqual([1000, 1000, 5000, 5000, 10000, 10000, 1000, 1000]);
});

test("the buffer grows with the rate from 8 MiB on", () => {
  const buffer = (rate: number) => singleSwitch({ hosts: 2, gbps: rate, delayNs }).buffer[2] / MIB;
  expect([10, 25, 50, 200, 400].map(buffer)).toEqual([8, 8, 16, 64, 128]);
});

test("impossible topologies are refused in one line", () => {
  expect(() => singleSwitch({ hosts: 1, gbps, delayNs })).toThrow(
    "single switch: hosts must be a whole number from 2 to 4096, got 1",
  );
  expect(() => singleSwitch({ hosts: 2, gbps: 0, delayNs })).toThrow(
    "single switch: gbps must be above 0 and at most 1600 Gb/s, got 0",
  );
  expect(() => dumbbell({ left: 1, right: 1, gbps, trunkGbps: Number.NaN, delayNs })).toThrow("trunkGbps");
  expect(() => dumbbell({ left: 1, right: 1, gbps, trunkGbps: 1, delayNs: 0.5 })).toThrow(
    "dumbbell: delayNs must be a whole number from 1 to 10000000 ns, got 0.5",
  );
  expect(() => parkingLot({ hops: 4, hostsPerSwitch: 1, gbps, delayNs })).toThrow(
    "parking lot: hops must be a whole number from 1 to 3, got 4",
  );
  expect(() => singleSwitch({ hosts: 2, gbps, delayNs, delays: [1] })).toThrow(
    "delays must have one element for each of 2 hosts, got 1",
  );
  expect(() => singleSwitch({ hosts: 2, gbps, delayNs, delays: [1, -1] })).toThrow("delay of host 1");
  const leaf = { leaves: 2, spines: 0, hostsPerLeaf: 1, gbps, fabricGbps: gbps, delayNs };
  expect(() => leafSpine(leaf)).toThrow("leaf-spine: spines");
});
