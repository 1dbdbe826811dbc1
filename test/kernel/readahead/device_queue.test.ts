import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../kernel/random.ts";
import { DEVICE_PROFILES, type DeviceProfile } from "../../../kernel/readahead/device.ts";
import { BACKGROUND_PAGES, DeviceQueue } from "../../../kernel/readahead/device_queue.ts";

const device: DeviceProfile = { ...DEVICE_PROFILES.nvme, latencyUs: 10, pageUs: 1, queueDepth: 4 };

describe("a device", () => {
  it("answers a lone read after latency and transfer", () => {
    expect(DeviceQueue.create(device, 0, 1).read(100)).toBe(111);
  });

  it("answers reads submitted together one transfer apart", () => {
    const queue = DeviceQueue.create(device, 0, 1);
    expect([0, 0, 0, 0].map((now) => queue.read(now))).toEqual([11, 12, 13, 14]);
    expect(queue.inFlight(0)).toBe(4);
    expect(queue.inFlight(12)).toBe(2);
    expect(queue.busy).toBe(4);
  });

  it("lets a read beyond its queue depth wait for a channel", () => {
    const queue = DeviceQueue.create(device, 0, 1);
    for (let i = 0; i < 4; i++) queue.read(0);
    expect(queue.wait(0)).toBe(11);
    expect(queue.read(0)).toBe(22);
  });

  it("lets reads wait for writes that reach the bus before them", () => {
    const queue = DeviceQueue.create(device, 0, 1);
    queue.write(0, 32);
    expect(queue.inFlight(0)).toBe(0);
    expect(queue.read(5)).toBe(43);
  });

  it("says how long a read would wait, and the read then waits that long", () => {
    const request = fc.record({ gap: fc.nat(20), pages: fc.integer({ min: 1, max: 32 }), write: fc.boolean() });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 60 }), (requests) => {
        const queue = DeviceQueue.create(device, 0, 1);
        let now = 0;
        for (const { gap, pages, write } of requests) {
          now += gap;
          const wait = queue.wait(now);
          if (write) queue.write(now, pages);
          else expect(queue.read(now)).toBeCloseTo(now + wait + device.latencyUs + device.pageUs, 9);
        }
      }),
    );
  });

  it("says which reads hold up another: those since the bus was idle, newest first, in total no longer than it waits", () => {
    const read = fc.record({ gap: fc.integer({ min: 0, max: 3 }), owner: fc.integer({ min: -1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(read, { maxLength: 60 }), fc.nat(15), (reads, later) => {
        const queue = DeviceQueue.create({ ...device, queueDepth: 64 }, 0, 1);
        let now = 0;
        let since: number[] = [];
        let free = 0;
        for (const { gap, owner } of reads) {
          now += gap;
          if (now + device.latencyUs >= free) since = [];
          free = queue.read(now, owner);
          if (owner >= 0) since.push(owner);
        }
        now += later;
        const wait = Math.max(0, free - now - device.latencyUs);
        for (const each of [queue, queue.fork()]) {
          const told: { owner: number; us: number }[] = [];
          each.heldUpBy(now, (owner, us) => told.push({ owner, us }));
          const sum = told.reduce((total, { us }) => total + us, 0);
          expect(sum).toBeCloseTo(Math.min(wait, since.length * device.pageUs), 9);
          expect(told.map(({ owner }) => owner)).toEqual(since.toReversed().slice(0, told.length));
          for (const { us } of told) expect(us).toBeLessThanOrEqual(device.pageUs);
        }
      }),
    );
  });

  it("counts a read that is long done if another tenant's request kept the bus busy since", () => {
    // Before, one page a millisecond; the bus has not been idle since.
    const slow = { ...device, latencyUs: 0, queueDepth: 64 };
    const alone = DeviceQueue.create(slow, 0, 1);
    alone.read(0, 7);
    alone.write(0, 2000);
    const told: [number, number][] = [];
    alone.heldUpBy(1000, (owner, us) => told.push([owner, us]));
    expect(told).toEqual([[7, device.pageUs]]);
  });

  it("keeps the bus busy exactly as long as it carries pages, and never answers too early or out of order", () => {
    const request = fc.record({ gap: fc.nat(20), pages: fc.integer({ min: 1, max: 32 }), write: fc.boolean() });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), fc.constantFrom(0, 0.5), (requests, load) => {
        const queue = DeviceQueue.create(device, load, 3);
        let now = 0;
        let carried = 0;
        let last = 0;
        for (const { gap, pages, write } of requests) {
          now += gap;
          carried += write ? pages : 1;
          if (write) {
            queue.write(now, pages);
            continue;
          }
          const done = queue.read(now);
          expect(done).toBeGreaterThanOrEqual(now + device.latencyUs + device.pageUs);
          expect(done).toBeGreaterThanOrEqual(last + device.pageUs);
          last = done;
        }
        expect(queue.busy).toBeCloseTo(carried * device.pageUs, 9);
      }),
    );
  });
});

describe("delay inflicted on other tenants", () => {
  it("is zero if this program does nothing, and if there is no other tenant", () => {
    const idle = DeviceQueue.create(device, 0.7, 1);
    idle.advance(100_000);
    expect(idle.backgroundRequests).toBeGreaterThan(100);
    expect(idle.inflicted).toBe(0);
    const alone = DeviceQueue.create(device, 0, 1);
    for (let i = 0; i < 100; i++) alone.read(i);
    alone.advance(100_000);
    expect(alone.inflicted).toBe(0);
  });

  it("equals the difference of two clocks computed request by request", () => {
    const deep = { ...device, queueDepth: 1000 };
    const request = fc.record({
      gap: fc.double({ min: 0, max: 40, noNaN: true }),
      pages: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 80 }),
        fc.constantFrom(0.2, 0.6),
        fc.nat(1000),
        (requests, load, seed) => {
          const queue = DeviceQueue.create(deep, load, seed);
          const own: { at: number; length: number }[] = [];
          let now = 0;
          for (const { gap, pages } of requests) {
            now += gap;
            queue.write(now, pages);
            own.push({ at: now + deep.latencyUs, length: pages * deep.pageUs });
          }
          const end = now + 1000;
          queue.advance(end);
          const length = BACKGROUND_PAGES * deep.pageUs;
          const arrivals: number[] = [];
          const stream = randomStream(seed, "readahead/background");
          for (let at = 0; ; ) {
            at += (length / load) * stream.exponential();
            if (at > end) break;
            arrivals.push(at);
          }
          const others = arrivals.map((at) => ({ at, length }));
          const alone = completions(others);
          const together = completions([...others, ...own].sort((a, b) => a.at - b.at));
          let inflicted = 0;
          for (const [request, done] of together) inflicted += alone.has(request) ? done - alone.get(request)! : 0;
          expect(queue.backgroundRequests).toBe(others.length);
          expect(queue.inflicted).toBeCloseTo(inflicted, 6);
        },
      ),
    );
  });
});

/** Returns when each request leaves a bus that serves requests in order. */
function completions<T extends { at: number; length: number }>(requests: T[]): Map<T, number> {
  let free = 0;
  return new Map(
    requests.map((request) => {
      free = Math.max(free, request.at) + request.length;
      return [request, free];
    }),
  );
}
