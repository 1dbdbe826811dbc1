import { describe, expect, test } from "vitest";
import { DEFAULT_SMC_SETTINGS } from "../../../kernel/congestion/smc/constants.ts";
import type { Message } from "../../../kernel/congestion/workload.ts";
import { randomStream } from "../../../kernel/random.ts";
import { EpisodeDraw } from "../../../workloads/congestion/episode_draw.ts";
import { allToAll } from "../../../workloads/congestion/generators/all_to_all.ts";
import { bursts } from "../../../workloads/congestion/generators/bursts.ts";
import { incast } from "../../../workloads/congestion/generators/incast.ts";
import { longShort } from "../../../workloads/congestion/generators/long_short.ts";
import { mixtureOfExperts } from "../../../workloads/congestion/generators/mixture_of_experts.ts";
import { parameterServer } from "../../../workloads/congestion/generators/parameter_server.ts";
import { permutation } from "../../../workloads/congestion/generators/permutation.ts";
import { poissonMessages, totalBytes } from "../../../workloads/congestion/generators/poisson_messages.ts";
import { ringAllReduce, ringGroups } from "../../../workloads/congestion/generators/ring_all_reduce.ts";
import {
  ALI_STORAGE,
  HADOOP,
  MOST_OF_WEB_SEARCH,
  SizeDistribution,
  WEB_SEARCH,
} from "../../../workloads/congestion/generators/size_distribution.ts";
import { smcRequests } from "../../../workloads/congestion/generators/smc_requests.ts";
import { staggered } from "../../../workloads/congestion/generators/staggered.ts";

const random = () => randomStream(7, "test");
const draw = (seed = 7) => new EpisodeDraw("test", seed, { gbps: 100, delayNs: 1000 }, {});

describe("sizes", () => {
  test.each([
    ["WebSearch", WEB_SEARCH, Number.POSITIVE_INFINITY],
    ["WebSearch, cut", WEB_SEARCH, MOST_OF_WEB_SEARCH],
    ["Hadoop", HADOOP, Number.POSITIVE_INFINITY],
    ["AliStorage", ALI_STORAGE, Number.POSITIVE_INFINITY],
  ])("of %s have the mean and the shares of the table", (_, points, most) => {
    const sizes = new SizeDistribution(points, most);
    const stream = random();
    const drawn = Float64Array.from({ length: 200_000 }, () => sizes.draw(stream));
    const mean = drawn.reduce((sum, size) => sum + size, 0) / drawn.length;
    expect(Math.abs(mean / sizes.mean - 1)).toBeLessThan(0.03);
    for (const [bytes, percent] of points.slice(1)) {
      const share = drawn.filter((size) => size <= bytes).length / drawn.length;
      expect(Math.abs(share - (bytes >= most ? 1 : percent / 100))).toBeLessThan(0.005);
    }
    expect(Math.min(...drawn.subarray(0, 5000))).toBeGreaterThanOrEqual(1);
  });

  test("have the means that follow from the tables", () => {
    expect(new SizeDistribution(WEB_SEARCH).mean).toBeCloseTo(1_711_250, 0);
    expect(new SizeDistribution(WEB_SEARCH, 10e6).mean).toBeCloseTo(1_411_250, 0);
    expect(
      new SizeDistribution(
        [
          [0, 0],
          [10, 100],
        ],
        5,
      ).mean,
    ).toBeCloseTo(3.75, 9);
  });
});

describe("messages at random", () => {
  const options = { hosts: [3, 4, 5, 9], load: 0.6, durationNs: 1e6, sizes: new SizeDistribution(ALI_STORAGE) };

  test("go between the hosts in the order of start, by Poisson's law", () => {
    const gaps: number[] = [];
    for (let seed = 0; seed < 10; seed++) {
      const messages = poissonMessages(draw(seed), "messages", options);
      const wanted = 0.6 * 12.5 * 4 * 1e6;
      expect(Math.abs(totalBytes(messages) / wanted - 1)).toBeLessThanOrEqual(0.15);
      messages.forEach(({ src, dst, start }, i) => {
        expect(options.hosts).toContain(src);
        expect(options.hosts).toContain(dst);
        expect(src).not.toBe(dst);
        if (i > 0) gaps.push(start - messages[i - 1].start);
      });
      expect(Math.max(...messages.map(({ start }) => start))).toBeLessThan(1e6);
    }
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.9);
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.1);
  });

  test("are at least one", () => {
    expect(poissonMessages(draw(), "messages", { ...options, durationNs: 1 }).length).toBe(1);
  });
});

describe("shapes", () => {
  test("incast, all-to-all and permutation send what their names say", () => {
    expect(incast([1, 2], 5, 10, 3)).toMatchObject([
      { src: 1, dst: 5, bytes: 10, start: 3 },
      { src: 2, dst: 5, bytes: 10, start: 3 },
    ]);
    const pairs = new Set(allToAll([0, 1, 2, 3], 10).map(({ src, dst }) => `${src} ${dst}`));
    expect(pairs.size).toBe(12);
    const hosts = [0, 1, 2, 3, 4, 5, 6];
    const once = permutation(hosts, 10, random());
    expect(once.map(({ src }) => src).sort()).toEqual(hosts);
    expect(once.map(({ dst }) => dst).sort()).toEqual(hosts);
    expect(once.every(({ src, dst }) => src !== dst)).toBe(true);
  });

  test("bursts repeat on the same connections", () => {
    const options = { senders: [0, 1, 2], receiver: 3, bytes: 10, bursts: 4, periodNs: 1000, jitterNs: 100 };
    const messages = bursts({ ...options, firstConnection: 5, random: random() });
    expect(messages.length).toBe(12);
    messages.forEach(({ src, start, connection }, i) => {
      const burst = Math.floor(i / 3);
      expect(connection).toBe(5 + src);
      expect(start).toBeGreaterThanOrEqual(1000 * burst);
      expect(start).toBeLessThanOrEqual(1000 * burst + 100);
    });
  });

  test("staggered messages follow one another", () => {
    const starts = staggered([0, 1, 2, 3], 4, 10, 1000, random()).map(({ start }) => start);
    expect(starts[0]).toBe(0);
    for (let i = 1; i < 4; i++) {
      expect(starts[i] - starts[i - 1]).toBeGreaterThanOrEqual(500);
      expect(starts[i] - starts[i - 1]).toBeLessThanOrEqual(1500);
    }
  });

  test("a long message is met by rounds of short ones", () => {
    const messages = longShort({
      long: 0,
      longBytes: 1000,
      hosts: [1, 2],
      streams: 3,
      shortBytes: 10,
      rounds: 2,
      firstNs: 50_000,
      periodNs: 100_000,
      receiver: 4,
      random: random(),
    });
    expect(messages[0]).toMatchObject({ src: 0, bytes: 1000, start: 0, connection: -1 });
    expect(messages.length).toBe(13);
    expect(messages.slice(1, 7).every(({ start }) => start >= 50_000 && start <= 60_000)).toBe(true);
    expect(messages.slice(7).every(({ start }) => start >= 150_000 && start <= 160_000)).toBe(true);
    expect(new Set(messages.slice(1).map(({ connection }) => connection)).size).toBe(6);
  });
});

/** Groups whose messages go to `host`. */
function groupsTo(messages: readonly Message[], host: number): Set<number> {
  return new Set(messages.filter(({ dst }) => dst === host).map(({ group }) => group));
}

describe("collectives", () => {
  test("a ring takes 2 (n - 1) steps, each after what the rank received in the one before", () => {
    const n = 4;
    const messages = ringAllReduce({ ranks: [2, 0, 3, 1], bytes: 4000, firstConnection: 9, firstGroup: 100 });
    expect(messages.length).toBe(ringGroups(n));
    expect(messages.every(({ bytes }) => bytes === 1000)).toBe(true);
    for (const { src, after } of messages.slice(n)) expect(groupsTo(messages, src)).toContain(after);
    const byGroup = new Map(messages.map((step) => [step.group, step]));
    let steps = 1;
    for (let at = messages[messages.length - 1]; at.after >= 0; at = byGroup.get(at.after)!) steps++;
    expect(steps).toBe(2 * (n - 1));
    expect(new Set(messages.map(({ connection }) => connection))).toEqual(new Set([9, 10, 11, 12]));
  });

  test("experts get tokens by Zipf's law and send them back", () => {
    const ranks = [0, 1, 2, 3, 4];
    const messages = mixtureOfExperts({ ranks, bytes: 1e6, layers: 2, skew: 1, random: random() });
    expect(messages.length).toBe(4 * 20);
    const [there, back] = [messages.slice(0, 20), messages.slice(20, 40)];
    const received = ranks.map((rank) => there.find(({ dst }) => dst === rank)!.bytes).sort((a, b) => b - a);
    received.forEach((bytes, i) => {
      expect(bytes / received[0]).toBeCloseTo(1 / (i + 1), 3);
    });
    expect(totalBytes(back)).toBe(totalBytes(there));
    for (const { src, after } of messages.slice(20)) expect(groupsTo(messages, src)).toContain(after);
    const connections = new Map(messages.map(({ src, dst, connection }) => [`${src} ${dst}`, connection]));
    expect(new Set(connections.values()).size).toBe(20);
  });

  test("a parameter server answers when it has all, and workers go on when they have theirs", () => {
    const messages = parameterServer([1, 2, 3], 0, 10, 2);
    expect(messages.map(({ src, dst, after, group }) => [src, dst, after, group])).toEqual([
      [1, 0, -1, 0],
      [2, 0, -1, 0],
      [3, 0, -1, 0],
      [0, 1, 0, 1],
      [0, 2, 0, 2],
      [0, 3, 0, 3],
      [1, 0, 1, 4],
      [2, 0, 2, 4],
      [3, 0, 3, 4],
      [0, 1, 4, 5],
      [0, 2, 4, 6],
      [0, 3, 4, 7],
    ]);
  });
});

test("sockets ask for their load in each direction", () => {
  const options = { clients: [2, 3, 4], servers: [0, 1], sockets: 5, load: 0.4, durationNs: 5e6 };
  const { connections, requests, settings } = smcRequests(draw(), { ...options, tcp: 1, local: 2 });
  expect(settings).toEqual(DEFAULT_SMC_SETTINGS);
  expect(connections.map(({ transport }) => transport).filter((kind) => kind === "tcp").length).toBe(3);
  expect(connections.filter(({ client, server }) => client === server).length).toBe(4);
  expect(connections.slice(0, 5).every(({ client, server }) => client === 2 && server === 0)).toBe(true);
  for (const part of ["requestBytes", "responseBytes"] as const) {
    const remote = requests.filter(({ connection }) => connections[connection].transport !== "smc-d");
    const bytes = remote.reduce((sum, request) => sum + request[part], 0);
    expect(Math.abs(bytes / (0.4 * 2 * 12.5 * 5e6) - 1)).toBeLessThan(0.1);
  }
});

test("fixing one number of an episode changes no other", () => {
  const usual = { gbps: 100, delayNs: 1000 };
  const free = new EpisodeDraw("test", 1, usual, {});
  const fixed = new EpisodeDraw("test", 1, usual, { senders: 5 });
  expect(fixed.senders([2, 64])).toBe(5);
  expect(fixed.bytes([10, 1000])).toBe(free.bytes([10, 1000]));
  expect(free.bytes([10, 1000], [0, 100], 50)).toBe(2);
  expect(free.bytes([10, 1000], [1e6, 1e7], 100)).toBe(1000);
});
