import { describe, expect, it } from "vitest";
import { LOCAL_COPY_NS } from "../../../kernel/congestion/smc/constants.ts";
import { linkGroups } from "../../../kernel/congestion/smc/link_groups.ts";
import { SmcSource } from "../../../kernel/congestion/smc/smc_source.ts";
import { Pipe, play, request, socket, traffic } from "./smc_pipe.ts";

describe("a link group", () => {
  it("has one queue pair per link and direction, for any number of connections", () => {
    const connections = Array.from({ length: 7 }, () => socket());
    const { pipe } = play(traffic([...connections, socket({ server: 2 })], [request()], { links: 2 }));
    expect(pipe.wires.map(({ src, dst }) => `${src}>${dst}`)).toEqual([
      "0>1",
      "1>0",
      "0>1",
      "1>0",
      "0>2",
      "2>0",
      "0>2",
      "2>0",
    ]);
    expect(pipe.wires.every(({ tcp }) => !tcp)).toBe(true);
  });

  it("gives each connection the link with the fewest", () => {
    const connections = [socket(), socket({ server: 2 }), socket(), socket({ transport: "tcp" }), socket()];
    expect([...linkGroups(traffic(connections, [], { links: 2 })).linkOf]).toEqual([0, 2, 1, -1, 0]);
  });

  it("lets one connection continue while the reader of another does not read", () => {
    const connections = [socket({ readDelayNs: 1e15 }), socket()];
    const requests = [request(), request({ connection: 1 })];
    const { source } = play(traffic(connections, requests), { until: 1e9 });
    const { finished } = source.state.progress;
    expect(finished[0]).toBeNaN();
    expect(finished[1]).toBeLessThan(1e6);
    // The stalled connection holds exactly its full RMBE.
    expect(source.state.streams.unread(0)).toBe(65536);
    expect(source.state.counters.blockedOnRmbe).toBeGreaterThan(0);
    expect(source.done).toBe(false);
  });

  it("blocks every connection of a queue pair that does not send", () => {
    const pipe = new Pipe();
    const what = traffic(
      [socket(), socket(), socket({ server: 2 })],
      [0, 1, 2].map((connection) => request({ connection })),
    );
    const open = pipe.open.bind(pipe);
    pipe.open = (src, dst, tcp) => {
      const wire = open(src, dst, tcp);
      if (dst === 1) pipe.wires[wire].free = 1e9;
      return wire;
    };
    const { source } = play(what, { pipe, until: 9e8 });
    expect([...source.state.progress.finished].map(Number.isNaN)).toEqual([true, true, false]);
  });

  it("shares its send slots: an end that finds none waits in line until a message is completed", () => {
    const connections = Array.from({ length: 6 }, () => socket());
    const requests = connections.map((_, connection) => request({ connection, requestBytes: 1000 }));
    const { source, pipe } = play(traffic(connections, requests, { sendSlots: 2 }));
    expect(source.state.counters.blockedOnSlots).toBe(4);
    expect(pipe.finishedRequests).toEqual([0, 1, 2, 3, 4, 5]);
    const { finished } = source.state.progress;
    expect(finished[2]).toBeGreaterThan(finished[0] + 2000);
    expect(finished[4]).toBeGreaterThan(finished[2] + 2000);
    expect([...source.state.slots.free]).toEqual([2, 2]);
  });

  it("has slots of each link at each end", () => {
    const connections = Array.from({ length: 4 }, () => socket());
    const requests = connections.map((_, connection) =>
      request({ connection, requestBytes: 1000, responseBytes: 1000 }),
    );
    const { source } = play(traffic(connections, requests, { sendSlots: 2, links: 2 }));
    expect(source.state.counters.blockedOnSlots).toBe(0);
  });
});

describe("other transports", () => {
  it("SMC-D posts nothing and takes the time of copying", () => {
    const local = socket({ client: 1, server: 1, transport: "smc-d" });
    const { source, pipe } = play(
      traffic([local], [request({ requestBytes: 5000, responseBytes: 5000, serviceNs: 300 })]),
    );
    expect(pipe.wires).toEqual([]);
    expect(source.state.progress.finished[0]).toBe(2 * LOCAL_COPY_NS + 300);
    expect(source.state.counters).toMatchObject({ localBytes: 10_000, rdmaBytes: 0, rdmaWrites: 0, cdcMessages: 2 });
  });

  it("SMC-D keeps to its windows", () => {
    const local = socket({ client: 1, server: 1, transport: "smc-d" });
    const { source } = play(traffic([local], [request()]));
    expect(1_000_000 / source.state.progress.finished[0]).toBeLessThanOrEqual(65536 / LOCAL_COPY_NS);
  });

  it("TCP posts on TCP connections of its own, and knows nothing of RMBEs, messages and slots", () => {
    const connections = [socket({ transport: "tcp" }), socket({ transport: "tcp" })];
    const requests = connections.map((_, connection) => request({ connection, responseBytes: 100_000 }));
    const { source, pipe } = play(traffic(connections, requests));
    expect(source.done).toBe(true);
    expect(pipe.wires.map(({ tcp }) => tcp)).toEqual([true, true, true, true]);
    expect(pipe.wires.map(({ bytes }) => bytes)).toEqual([1e6, 1e5, 1e6, 1e5]);
    expect(source.state.counters).toMatchObject({ tcpBytes: 2.2e6, cdcMessages: 0, rdmaBytes: 0, blockedOnRmbe: 0 });
  });

  it("TCP is limited by its receive buffer, not by the RMBE, and by a reader that is late", () => {
    const bytes = 1_000_000;
    /** Bytes per ns, without the first round trip. */
    const rate = (window: number, settings: Parameters<typeof traffic>[2], readDelayNs = 0) => {
      const connection = socket({ transport: "tcp", readDelayNs });
      const { source } = play(traffic([connection], [request()], settings), { pipe: new Pipe(50, 20_000) });
      return (bytes - window) / source.state.progress.finished[0];
    };
    const small = 20_000;
    const receives = { sendBuffer: bytes, receiveBuffer: small };
    expect(rate(small, receives)).toBeLessThanOrEqual(small / 40_000);
    expect(rate(small, receives)).toBeGreaterThan(0.9 * (small / 40_000));
    expect(rate(small, receives, 40_000)).toBeLessThanOrEqual(small / 80_000);
    expect(rate(small, { sendBuffer: small, receiveBuffer: bytes })).toBeLessThanOrEqual(small / 40_000);
    expect(rate(0, { sendBuffer: bytes, receiveBuffer: 200_000 })).toBeGreaterThan(2);
  });

  it("TCP's acknowledgements carry the window that is open when they leave; later changes are announced separately", () => {
    const tcp = socket({ transport: "tcp" });
    const atOnce = play(traffic([tcp], [request()])).pipe.log.filter((line) => line.includes("timer"));
    // The only timer is the one of the request.
    expect(atOnce).toEqual(["0 timer 0"]);

    const hostCosts = { write: 0, read: 10_000, copyByte: 0, send: 0, receive: 0 };
    const settings = { receiveBuffer: 10_000, callBytes: 2000, hostCosts };
    const source = new SmcSource(traffic([tcp], [request({ requestBytes: 30_000 })], settings));
    const pipe = new Pipe();
    const { streams } = source.state;
    let ahead = 0;
    source.start(pipe);
    pipe.run(source, { after: () => (ahead = streams.consumed[0] < 6000 ? streams.sent[0] : ahead) });
    expect(ahead).toBe(14_000);
    expect(source.done).toBe(true);
  });
});
