import { describe, expect, it } from "vitest";
import { CDC_BYTES } from "../../../kernel/congestion/smc/constants.ts";
import { Pipe, play, request, socket, traffic } from "./smc_pipe.ts";

/** Goodput of a stream of 10 MB, bytes per ns. */
function goodput(settings: Parameters<typeof traffic>[2], pipe: Pipe, readDelayNs = 0): number {
  const bytes = 10_000_000;
  const { source } = play(traffic([socket({ readDelayNs })], [request({ requestBytes: bytes })], settings), { pipe });
  return bytes / source.state.progress.finished[0];
}

describe("windows of an SMC-R connection", () => {
  it("never let through more than the smaller buffer per round trip, and nearly that when they limit", () => {
    for (const [sendBuffer, rmbe] of [
      [65536, 65536],
      [16384, 65536],
      [65536, 16384],
      [262144, 65536],
    ]) {
      const bound = Math.min(sendBuffer, rmbe) / (2 * 20_000);
      const reached = goodput({ sendBuffer, rmbe, callBytes: 4096 }, new Pipe(50, 20_000));
      expect(reached, `${sendBuffer} ${rmbe}`).toBeLessThanOrEqual(bound);
      expect(reached, `${sendBuffer} ${rmbe}`).toBeGreaterThan(0.85 * bound);
    }
  });

  it("do not limit a connection whose buffers far exceed a round trip's bytes", () => {
    const reached = goodput({ sendBuffer: 524288, rmbe: 524288, callBytes: 8192 }, new Pipe(12.5, 1000));
    expect(reached).toBeGreaterThan(0.98 * 12.5);
    expect(reached).toBeLessThan(12.5);
  });

  it("count the time until the application reads as part of the round trip", () => {
    const reached = goodput({}, new Pipe(100, 5000), 30_000);
    expect(reached).toBeLessThanOrEqual(65536 / (10_000 + 30_000));
    expect(reached).toBeGreaterThan(0.8 * (65536 / (10_000 + 30_000)));
  });

  it("free the send buffer when the message is completed, not when it is delivered", () => {
    const what = traffic([socket()], [request({ requestBytes: 65537 })]);
    const { source, pipe } = play(what, { until: 65580 / 12.5 + 2000 });
    expect(source.state.streams.arrived[0]).toBe(65536);
    expect(source.state.streams.prepared[0]).toBe(65536);
    pipe.run(source);
    // By then the window's last byte has been read: its announcement comes 44 bytes after the completion.
    expect(source.state.progress.finished[0]).toBeCloseTo(65580 / 12.5 + 4000 + 44 / 12.5 + 45 / 12.5 + 2000, 6);
    expect(source.state.counters.blockedOnSendBuffer).toBe(1);
  });
});

describe("messages of an SMC-R connection", () => {
  it("go with the data and take 44 bytes more", () => {
    const { source, pipe } = play(traffic([socket()], [request({ requestBytes: 1000 })]));
    expect(source.state.counters).toMatchObject({ cdcMessages: 1, windowUpdates: 0, rdmaWrites: 1, rdmaBytes: 1000 });
    expect(pipe.wires[0]).toMatchObject({ posts: 1, bytes: 1000 + CDC_BYTES });
  });

  it("follow two RDMA writes when the data wraps around the end of the RMBE", () => {
    const requests = [request({ requestBytes: 60_000 }), request({ requestBytes: 20_000, start: 100_000 })];
    const { source } = play(traffic([socket()], requests));
    // The second request begins at byte 60,000 of 65,536 in the ring.
    expect(source.state.counters).toMatchObject({ rdmaWrites: 3, rdmaBytes: 80_000 });
    expect(source.done).toBe(true);
  });

  it("follow one RDMA write when the data ends with the RMBE", () => {
    const requests = [request({ requestBytes: 60_000 }), request({ requestBytes: 5536, start: 100_000 })];
    expect(play(traffic([socket()], requests)).source.state.counters.rdmaWrites).toBe(2);
  });

  it("announce less often by the newer rule of window updates", () => {
    const updates = (windowUpdate: "max" | "min", autocork: boolean) => {
      const settings = { windowUpdate, autocork, callBytes: 4096 };
      return play(traffic([socket()], [request()], settings)).source.state.counters.windowUpdates;
    };
    for (const autocork of [true, false]) {
      expect(updates("max", autocork)).toBeGreaterThan(0);
      expect(updates("min", autocork)).toBeGreaterThan(1.4 * updates("max", autocork));
    }
  });

  it("wait for more data while others are on their way, unless autocorking is off", () => {
    const requests = Array.from({ length: 50 }, (_, i) => request({ requestBytes: 100, start: 10 * i }));
    const messages = (autocork: boolean) => {
      const { source } = play(traffic([socket()], requests, { autocork, sendSlots: 100 }));
      return source.state.counters.cdcMessages;
    };
    expect(messages(false)).toBe(50);
    expect(messages(true)).toBe(2);
  });

  it("carry the read progress along with the response", () => {
    const requests = Array.from({ length: 20 }, (_, i) =>
      request({ requestBytes: 30_000, responseBytes: 30_000, start: 1e5 * i }),
    );
    const { source } = play(traffic([socket()], requests));
    expect(source.done).toBe(true);
    expect(source.state.counters.windowUpdates).toBe(0);
  });
});
