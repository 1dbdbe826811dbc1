import { describe, expect, it } from "vitest";
import { congestionBound } from "../../baselines/congestion/bound.ts";
import { dcqcn } from "../../baselines/congestion/dcqcn.ts";
import { fairShare } from "../../baselines/congestion/fair_share.ts";
import { FixedRate } from "../../baselines/congestion/fixed_rate.ts";
import { hpcc } from "../../baselines/congestion/hpcc.ts";
import { pfcOnly } from "../../baselines/congestion/pfc_only.ts";
import { programHeuristic } from "../../baselines/congestion/program_heuristic.ts";
import { swift } from "../../baselines/congestion/swift.ts";
import { startValues } from "../../baselines/knobs.ts";
import { CongestionKernel } from "../../kernel/congestion/congestion.ts";
import { tailCount } from "../../kernel/congestion/cost.ts";
import { idealNs, wireBytes } from "../../kernel/congestion/ideal_time.ts";
import { leastSlowdown, type Routes } from "../../kernel/congestion/least_slowdown.ts";
import { type Demand, LinkDemands } from "../../kernel/congestion/link_demands.ts";
import { singleSwitch } from "../../kernel/congestion/topologies/single_switch.ts";
import type { CongestionWorkload, Message } from "../../kernel/congestion/workload.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import { playCongestion, playedOut, scenarioOf } from "./congestion_run.ts";

const NONE = { after: -1, group: -1, connection: -1 };

/** Messages over one switch with links of 100 Gb/s and 1 us. */
function workloadOf(messages: readonly Message[], makespan = false): CongestionWorkload {
  const topology = singleSwitch({ hosts: 40, gbps: 100, delayNs: 1000 });
  return { name: "test", topology, messages, makespan, smc: null };
}

function routesOf({ topology, messages, smc }: CongestionWorkload): Routes {
  const none = new Int32Array(0);
  const of = (from: number, to: number) => (from === to ? none : topology.path(from, to, 0));
  const socket = (index: number) => smc!.connections[smc!.requests[index].connection];
  return {
    message: (index) => of(messages[index].src, messages[index].dst),
    request: (index) => of(socket(index).client, socket(index).server),
    response: (index) => of(socket(index).server, socket(index).client),
  };
}

const least = (workload: CongestionWorkload) => leastSlowdown(workload, routesOf(workload));

/** Messages from one host each to the last host. */
const incast = (senders: number, bytes: number, start = 0): Message[] =>
  Array.from({ length: senders }, (_, i) => ({ ...NONE, src: i, dst: 39, bytes, start }));

describe("the least worst slowdown", () => {
  it("is 1 for messages that do not meet", () => {
    const apart = [0, 1, 2].map((i) => ({ ...NONE, src: i, dst: 10 + i, bytes: 2_000_000, start: 0 }));
    expect(least(workloadOf(apart))).toEqual({ tail: 1, worst: 1 });
    expect(least(workloadOf([...incast(1, 50_000), ...incast(1, 50_000, 100_000)]))).toEqual({ tail: 1, worst: 1 });
  });

  it("is what the last bytes of an incast wait for, about the number of senders", () => {
    for (const senders of [2, 8, 20]) {
      const workload = workloadOf(incast(senders, 2_000_000));
      const ideal = idealNs(workload.topology, routesOf(workload).message(0), 2_000_000);
      const waits = ((senders - 1) * wireBytes(2_000_000)) / 12.5;
      const { worst, tail } = least(workload);
      expect(worst).toBeCloseTo((ideal + waits) / ideal, 3);
      expect(tail).toBe(worst);
      expect(Math.abs(worst / senders - 1)).toBeLessThan(0.03);
    }
  });

  it("of the second worst is without the largest message, of the third without the two largest", () => {
    // 39 equal messages: of the two that count, the second has one fewer to wait for.
    const workload = workloadOf(incast(39, 1_000_000));
    const ideal = idealNs(workload.topology, routesOf(workload).message(0), 1_000_000);
    const one = wireBytes(1_000_000) / 12.5;
    const { worst, tail } = least(workload);
    expect(worst).toBeCloseTo((ideal + 38 * one) / ideal, 3);
    expect(tail).toBeCloseTo((ideal + 37.5 * one) / ideal, 3);
  });

  it("lets a small message go before a large one", () => {
    const sizes = [1000, 2_000_000];
    const workload = workloadOf(sizes.map((bytes, i) => ({ ...NONE, src: i, dst: 39, bytes, start: 0 })));
    const ideal = idealNs(workload.topology, routesOf(workload).message(1), 2_000_000);
    expect(least(workload).worst).toBeCloseTo((ideal + wireBytes(1000) / 12.5) / ideal, 4);
  });

  it("compares messages that wait for the same group with each other, and with no others", () => {
    const first = incast(4, 100_000).map((message) => ({ ...message, group: 0 }));
    const second = incast(4, 100_000).map((message) => ({ ...message, after: 0 }));
    expect(least(workloadOf([...first, ...second]))).toEqual(least(workloadOf(incast(4, 100_000))));
  });

  it("counts both ways of requests, and no more than their bytes", () => {
    const workload = workloadOf([]);
    const connections = Array.from({ length: 10 }, (_, i) => ({
      client: i,
      server: 39,
      transport: "smc-r" as const,
      readDelayNs: 200,
    }));
    const requests = connections.map((_, connection) => ({
      connection,
      start: 0,
      requestBytes: 100,
      responseBytes: 60_000,
      serviceNs: 500,
    }));
    const settings = { sendBuffer: 65536, rmbe: 65536, sendSlots: 16, links: 1, windowUpdate: "max" as const };
    const sockets = { ...workload, smc: { connections, requests, settings } };
    const responses = (9 * 60_000 * 1.036) / 12.5;
    const ideal = 4000 + (37 + 103.6 + 37 + 60_000 * 1.036) / 12.5 + 900;
    // A socket that reads anyway reads without the two delays.
    expect(least(sockets).worst).toBeCloseTo((ideal - 400 + responses) / ideal, 2);
    const local = connections.map((connection) => ({ ...connection, client: 39, transport: "smc-d" as const }));
    expect(least({ ...workload, smc: { connections: local, requests, settings } })).toEqual({ tail: 1, worst: 1 });
  });
});

/** The j-th worst slowdown's bound by trying all intervals, and halving. */
function bruteForce(rate: number, demands: readonly Demand[], j: number): number {
  const fits = (x: number) => {
    const deadline = ({ offset, ideal }: Demand) => offset + x * ideal;
    for (const { start: from } of demands) {
      for (const last of demands) {
        const to = deadline(last);
        const inside = demands.filter((demand) => demand.start >= from && deadline(demand) <= to);
        const bytes = inside.map((demand) => demand.bytes).sort((a, b) => b - a);
        const wanted = bytes.slice(j - 1).reduce((sum, value) => sum + value, 0);
        if (to > from && wanted > rate * (to - from) * (1 + 1e-12)) return false;
      }
    }
    return true;
  };
  let low = 1;
  if (fits(low)) return low;
  let high = 2;
  while (!fits(high)) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function randomDemands(random: RandomStream): Demand[] {
  return Array.from({ length: 2 + random.integer(9) }, () => {
    const bytes = 1 + random.integer(random.next() < 0.3 ? 20_000 : 1000);
    const before = random.integer(100);
    const after = random.integer(100);
    const release = random.integer(1500);
    const ideal = before + bytes + after;
    return { bytes, start: release + before, offset: release - after, ideal };
  });
}

describe("the demand test", () => {
  it("finds what trying all intervals finds", () => {
    const random = randomStream(1, "test/demands");
    for (let trial = 0; trial < 300; trial++) {
      const demands = randomDemands(random);
      const found = new LinkDemands();
      found.add(1, [...demands]);
      const bounds = found.worst(4);
      for (let j = 1; j <= 4; j++) expect(bounds[j - 1]).toBeCloseTo(bruteForce(1, demands, j), 6);
    }
  });

  it("is below what any order of service reaches", () => {
    const random = randomStream(2, "test/demands");
    for (let trial = 0; trial < 300; trial++) {
      const demands = randomDemands(random);
      const found = new LinkDemands();
      found.add(1, [...demands]);
      const bounds = found.worst(3);
      for (const order of [0, 1, 2]) {
        const slowdowns = served(demands, order, random).sort((a, b) => b - a);
        for (let j = 0; j < Math.min(3, slowdowns.length); j++) {
          expect(slowdowns[j]).toBeGreaterThan(bounds[j] * (1 - 1e-9));
        }
      }
    }
  });

  it("stays below the exact bound, and near it, where not all intervals are tried", () => {
    const random = randomStream(3, "test/demands");
    const demands = Array.from({ length: 200 }, () => {
      const bytes = 100 + random.integer(1000);
      const start = random.integer(20_000);
      return { bytes, start, offset: start, ideal: bytes };
    });
    const found = new LinkDemands();
    found.add(1, [...demands]);
    const [first] = found.worst(1);
    const exact = bruteForceWorst(demands);
    expect(first).toBeLessThan(exact * (1 + 1e-9));
    expect(first).toBeGreaterThan(0.9 * exact);
  });
});

/** Slowdowns when a link of rate 1 serves demands one after another: by arrival, by size or in a random order. */
function served(demands: readonly Demand[], order: number, random: RandomStream): number[] {
  const left = demands.map((demand) => ({ demand, key: random.next() }));
  const slowdowns: number[] = [];
  let now = 0;
  while (left.length > 0) {
    const here = left.filter(({ demand }) => demand.start <= now);
    if (here.length === 0) {
      now = Math.min(...left.map(({ demand }) => demand.start));
      continue;
    }
    const keyOf = ({ demand, key }: (typeof left)[number]) => [demand.start, demand.bytes, key][order];
    const next = here.reduce((best, other) => (keyOf(other) < keyOf(best) ? other : best));
    left.splice(left.indexOf(next), 1);
    now += next.demand.bytes;
    slowdowns.push((now - next.demand.offset) / next.demand.ideal);
  }
  return slowdowns;
}

/** The worst slowdown's bound over all intervals, nothing dropped: the earliest deadline first meets it. */
function bruteForceWorst(demands: readonly Demand[]): number {
  const meets = (x: number) => {
    const left = demands.map((demand) => ({
      bytes: demand.bytes,
      due: demand.offset + x * demand.ideal,
      start: demand.start,
    }));
    left.sort((a, b) => a.start - b.start);
    const open: typeof left = [];
    let now = 0;
    for (let next = 0; next < left.length || open.length > 0; ) {
      if (open.length === 0) now = Math.max(now, left[next].start);
      while (next < left.length && left[next].start <= now) open.push(left[next++]);
      open.sort((a, b) => a.due - b.due);
      const until = next < left.length ? left[next].start : Number.POSITIVE_INFINITY;
      const does = Math.min(open[0].bytes, until - now);
      now += does;
      open[0].bytes -= does;
      if (open[0].bytes > 0) continue;
      if (now > open.shift()!.due + 1e-9) return false;
    }
    return true;
  };
  let low = 1;
  let high = 1e6;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (meets(middle)) high = middle;
    else low = middle;
  }
  return high;
}

describe("the least makespan", () => {
  it("is the chain of what waits for each other, or what the fullest link carries", () => {
    const step = (src: number, dst: number, after: number, group: number): Message => ({
      ...NONE,
      src,
      dst,
      bytes: 100_000,
      start: 50,
      after,
      group,
    });
    const chain = workloadOf([step(0, 1, -1, 0), step(1, 2, 0, 1), step(2, 3, 1, -1)], true);
    const wire = wireBytes(100_000) / 12.5;
    const delivery = wire + 1036 / 12.5 + 2000;
    const back = 2000 + 120 / 12.5;
    expect(least(chain).tail / (3 * (50 + delivery) + back)).toBeCloseTo(1, 3);
    const full = workloadOf(incast(10, 100_000), true);
    expect(least(full).tail / (9 * wire + delivery + back)).toBeCloseTo(1, 3);
    expect(least(full).worst).toBe(least(full).tail);
  });

  it("is both ways where what goes out waits for all that comes in", () => {
    const coming = incast(10, 100_000).map((message) => ({ ...message, group: 0 }));
    const going = coming.map(({ src, dst, bytes }) => ({ ...NONE, src: dst, dst: src, bytes, start: 0, after: 0 }));
    const wire = wireBytes(100_000) / 12.5;
    const way = 1036 / 12.5 + 2000;
    const back = 2000 + 120 / 12.5;
    expect(least(workloadOf([...coming, ...going], true)).tail / (20 * wire + 2 * way + back)).toBeCloseTo(1, 3);
  });
});

/** T before it is cut off at 1, of a run in which all was done. */
function reached({ ledger, scenario }: CongestionKernel): number {
  if (scenario.workload.makespan) return ledger.lastFinish / ledger.least.tail;
  const count = tailCount(ledger.slowdowns.length);
  const worst = [...ledger.slowdowns].sort((a, b) => b - a).slice(0, count);
  return worst.reduce((sum, slowdown) => sum + slowdown, 0) / count / ledger.least.tail;
}

describe("no program goes below the bound", () => {
  const programs = [dcqcn, pfcOnly, fairShare, hpcc, swift];
  const names = [
    "lone",
    "two-senders",
    "incast-200",
    "bursts-200",
    "staggered-50",
    "all-to-all",
    "websearch",
    "ring",
    "mixed-rtt",
    "long-short",
    "smc",
    "parameter-server",
    "parking-lot",
    "moe-leaf-spine",
    "incast-leaf-spine",
  ];

  it.each(names)("on %s", (name) => {
    for (const seed of [1, 2]) {
      for (const entry of programs) {
        const kernel = playCongestion(name, seed, entry.create(startValues(entry.knobs)));
        expect(kernel.ledger.finished).toBe(kernel.ledger.slowdowns.length);
        expect(reached(kernel), entry.name).toBeGreaterThan(1 - 1e-9);
        expect(kernel.cost, entry.name).toBeGreaterThanOrEqual(congestionBound(kernel));
      }
    }
  });

  it.each(["incast-200", "two-senders", "staggered-50"])("packet by packet on %s", (name) => {
    for (const entry of programs) {
      const kernel = playCongestion(name, 1, entry.create(startValues(entry.knobs)), { mtuPerChunk: 1 });
      expect(reached(kernel), entry.name).toBeGreaterThan(1 - 1e-9);
      expect(Math.min(...kernel.ledger.slowdowns)).toBeGreaterThan(1 - 1e-3);
    }
  });

  it("when a run is stopped before all is done", () => {
    for (const limitNs of [1, 5000, 50_000]) {
      const kernel = playCongestion("incast-200", 1, pfcOnly.create({}), { limitNs });
      const { ledger } = kernel;
      expect(ledger.finished).toBeLessThan(ledger.slowdowns.length);
      expect(ledger.tail).toBeGreaterThanOrEqual(2);
    }
  });
});

describe("the cost of eight senders to one", () => {
  const share = (start: number) => {
    const kernel = new CongestionKernel();
    kernel.reset(scenarioOf(workloadOf(incast(8, 2_000_000))), 1);
    const limits = { start, floor: () => 0, window: Number.POSITIVE_INFINITY };
    return playedOut(kernel, programHeuristic(new FixedRate("fixed", limits))).ledger;
  };

  it("is about nothing for an eighth each, ln 2 for half of that, and that of a queue all along for line rate", () => {
    const [fair, half, line] = [share(1 / 8), share(1 / 16), share(1)];
    expect(fair.tail).toBeLessThan(1.01);
    expect(fair.cost(0.25)).toBeLessThan(0.12);
    expect(half.tail).toBeCloseTo(2, 1);
    // The eight begin together, so that their packets always meet.
    expect(half.cost(0.25) - Math.log(2)).toBeLessThan(0.06);
    expect(line.tail).toBeLessThan(1.01);
    expect(line.queue).toBeGreaterThan(50);
    expect(line.cost(0.25)).toBeGreaterThan(half.cost(0.25));
    expect(half.cost(0.25)).toBeGreaterThan(fair.cost(0.25));
  });

  it("is not in favour of line rate or of half a share at other weights of the queue", () => {
    for (const weight of [0.1, 0.25, 0.5]) {
      expect(share(1 / 8).cost(weight)).toBeLessThan(Math.min(share(1).cost(weight), share(1 / 16).cost(weight)));
    }
  });
});
