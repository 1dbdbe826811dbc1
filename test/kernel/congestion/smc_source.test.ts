import { describe, expect, it } from "vitest";
import { assertSmcTraffic } from "../../../kernel/congestion/smc/assert_traffic.ts";
import { SmcSource } from "../../../kernel/congestion/smc/smc_source.ts";
import type { SmcState } from "../../../kernel/congestion/smc/smc_state.ts";
import type { SmcTraffic } from "../../../kernel/congestion/smc/traffic.ts";
import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import { InvariantError } from "../../../kernel/subsystem.ts";
import { Pipe, play, request, socket, traffic } from "./smc_pipe.ts";

const TRANSPORTS = ["smc-r", "smc-r", "smc-r", "tcp", "smc-d"] as const;

function oneOf<Item>(random: RandomStream, items: readonly Item[]): Item {
  return items[random.integer(items.length)];
}

/** Random traffic between three hosts, with small buffers, few slots, late readers and processor costs. */
function anyTraffic(seed: number): SmcTraffic {
  const random = randomStream(seed, "test/smc");
  const connections = Array.from({ length: 1 + random.integer(6) }, () => {
    const transport = oneOf(random, TRANSPORTS);
    const client = random.integer(3);
    const server = transport === "smc-d" ? client : (client + 1 + random.integer(2)) % 3;
    return socket({ client, server, transport, readDelayNs: oneOf(random, [0, 0, 500, 20_000]) });
  });
  const requests = Array.from({ length: 1 + random.integer(30) }, () =>
    request({
      connection: random.integer(connections.length),
      start: random.integer(100_000),
      requestBytes: 1 + random.integer(oneOf(random, [10, 5000, 50_000])),
      responseBytes: random.integer(oneOf(random, [1, 5000, 50_000])),
      serviceNs: oneOf(random, [0, 0, 3000]),
    }),
  ).sort((a, b) => a.start - b.start);
  const what = traffic(connections, requests, {
    sendBuffer: oneOf(random, [700, 16384, 65536]),
    rmbe: oneOf(random, [2305, 16384, 65536]),
    sendSlots: oneOf(random, [1, 2, 16]),
    links: 1 + random.integer(2),
    windowUpdate: oneOf(random, ["max", "min"]),
    autocork: random.integer(2) === 0,
    callBytes: oneOf(random, [777, 4096, 1e6]),
    receiveBuffer: oneOf(random, [700, 3000, 65536]),
    ...(random.integer(2) === 0 && {
      hostCosts: { write: 300, read: 200, copyByte: 0.1, send: 500, receive: 400 },
    }),
  });
  assertSmcTraffic("any", what, 3);
  return what;
}

describe("SMC traffic", () => {
  it("of any kind ends, with every byte accounted for", () => {
    for (let seed = 0; seed < 100; seed++) {
      const what = anyTraffic(seed);
      const { source, pipe } = play(what, { pipe: new Pipe(12.5, seed % 2 === 0 ? 2000 : 100) });
      expect(source.done, `seed ${seed}`).toBe(true);
      const { streams, rings, progress, slots } = source.state;
      what.connections.forEach((_, c) => {
        const own = what.requests.filter(({ connection }) => connection === c);
        const sums = [0, 0];
        for (const { requestBytes, responseBytes } of own) {
          sums[0] += requestBytes;
          sums[1] += responseBytes;
        }
        expect([streams.consumed[2 * c], streams.consumed[2 * c + 1]], `seed ${seed}`).toEqual(sums);
        expect([streams.freed[2 * c], streams.freed[2 * c + 1]], `seed ${seed}`).toEqual(sums);
      });
      for (const ring of rings) expect([ring.handled, ring.completed]).toEqual([ring.posted, ring.posted]);
      expect(slots.free.every((free) => free === slots.size)).toBe(true);
      expect([...pipe.finishedRequests].sort((a, b) => a - b)).toEqual(what.requests.map((_, r) => r));
      what.requests.forEach(({ start }, r) => {
        expect(progress.released[r]).toBe(start);
        expect(progress.finished[r]).toBeGreaterThan(start);
      });
    }
  });

  it("continues the same in a copy", () => {
    for (let seed = 0; seed < 40; seed++) {
      const pipe = new Pipe();
      const source = new SmcSource(anyTraffic(seed));
      source.start(pipe);
      pipe.run(source, { events: 7 * seed });
      const otherPipe = pipe.fork();
      const other = source.fork(otherPipe);
      pipe.log = [];
      pipe.run(source);
      otherPipe.run(other, { after: () => other.checkInvariants() });
      expect(otherPipe.log, `seed ${seed}`).toEqual(pipe.log);
      expect(other.state.counters).toEqual(source.state.counters);
      expect(other.state.streams).toEqual(source.state.streams);
      expect(other.done).toBe(true);
    }
  });

  it("answers the requests of a connection in order, each after its service", () => {
    const requests = [
      request({ requestBytes: 100, responseBytes: 100, serviceNs: 50_000 }),
      request({ requestBytes: 100, responseBytes: 100, serviceNs: 10 }),
      request({ requestBytes: 100, responseBytes: 100, serviceNs: 90_000, start: 10 }),
    ];
    const { source, pipe } = play(traffic([socket()], requests));
    const { readAt, finished } = source.state.progress;
    expect(pipe.finishedRequests).toEqual([0, 1, 2]);
    expect(finished[0]).toBeGreaterThan(readAt[0] + 50_000);
    expect(finished[1]).toBe(finished[0]);
    expect(finished[2]).toBeGreaterThan(readAt[2] + 90_000);
  });

  it("takes the time of its processors, one job after another", () => {
    const hostCosts = { write: 1000, read: 2000, copyByte: 1, send: 300, receive: 400 };
    const what = traffic([socket()], [request({ requestBytes: 500 })], { hostCosts });
    const { source } = play(what);
    expect(source.state.progress.finished[0]).toBe(1000 + 500 + 300 + 544 / 12.5 + 2000 + 400 + 2000 + 500);
  });

  it("names what is wrong with impossible settings", () => {
    const message = (settings: Parameters<typeof traffic>[2]) => () =>
      assertSmcTraffic("w", traffic([socket()], [request()], settings), 2);
    expect(message({ rmbe: 2304 })).toThrow("w: rmbe must be a whole number >= 2305, got 2304");
    expect(message({ callBytes: 0 })).toThrow("w: callBytes must be a whole number >= 1, got 0");
    expect(message({ hostCosts: { write: -1, read: 0, copyByte: 0, send: 0, receive: 0 } })).toThrow(
      "w: host cost write must be a number of ns >= 0, got -1",
    );
  });

  it("names the broken law", () => {
    const broken = (damage: (state: SmcState) => void) => () => {
      const source = new SmcSource(traffic([socket()], [request()], { sendSlots: 3 }));
      const pipe = new Pipe();
      source.start(pipe);
      pipe.run(source, { events: 2 });
      source.checkInvariants();
      damage(source.state);
      source.checkInvariants();
    };
    expect(broken(({ streams }) => streams.consumed.fill(1e9, 0, 1))).toThrow("direction 0: consumed is 1000000000");
    expect(broken(({ streams }) => streams.freed.fill(-1, 0, 1))).toThrow("room in the send buffer of direction 0");
    expect(broken(({ streams }) => streams.confirmed.fill(-1, 0, 1))).toThrow("room in the window of direction 0");
    expect(broken(({ counters }) => counters.rdmaBytes--)).toThrow("bytes were posted");
    expect(broken(({ slots }) => slots.free.fill(3))).toThrow("link end 0: 3 free and 1 used slots, of 3");
    expect(broken(({ rings }) => rings[0].post(1, 0, 0))).toThrow(InvariantError);
  });
});
