import { describe, expect, it } from "vitest";
import { EventWheel } from "../../../kernel/congestion/event_wheel.ts";
import { randomStream } from "../../../kernel/random.ts";

interface Pushed {
  time: number;
  order: number;
}

/** Takes all events from a wheel, while `push` adds more, and compares them with a list sorted by time and order. */
function compare(seed: number, far: number, events: number): void {
  const random = randomStream(seed, "test/wheel");
  const wheel = new EventWheel();
  const waiting: Pushed[] = [];
  let order = 0;
  const push = () => {
    const sort = random.integer(10);
    const ahead =
      sort === 0 ? 0 : sort < 7 ? random.integer(200) : sort < 9 ? random.integer(40_000) : random.integer(far);
    const time = wheel.now + ahead;
    waiting.push({ time, order });
    wheel.push(time, order++);
  };
  for (let i = 0; i < 50; i++) push();
  while (waiting.length > 0) {
    waiting.sort((a, b) => a.time - b.time || a.order - b.order);
    const next = waiting.shift()!;
    expect(wheel.take()).toBe(next.order);
    expect(wheel.now).toBe(next.time);
    for (let more = random.integer(3); more > 0 && order < events; more--) push();
  }
  expect(wheel.take()).toBe(-1);
}

describe("EventWheel", () => {
  it.each([1, 2, 3, 4, 5])("takes events in the order of their times, then of insertion (%i)", (seed) => {
    compare(seed, 5_000_000, 3000);
  });

  it("keeps the order of many events of one instant, pushed early and late", () => {
    const wheel = new EventWheel();
    wheel.push(100_000, 1);
    wheel.push(90_000, 0);
    wheel.push(100_000, 2);
    expect(wheel.take()).toBe(0);
    for (let event = 3; event < 40; event++) wheel.push(100_000, event);
    for (let event = 1; event < 40; event++) expect(wheel.take()).toBe(event);
    expect(wheel.now).toBe(100_000);
  });

  it("takes events exactly one turn ahead, and just before", () => {
    const wheel = new EventWheel();
    wheel.push(5, 0);
    wheel.take();
    wheel.push(5 + 32_768, 2);
    wheel.push(5 + 32_767, 1);
    wheel.push(5, 3);
    expect([wheel.take(), wheel.take(), wheel.take(), wheel.take()]).toEqual([3, 1, 2, -1]);
    expect(wheel.now).toBe(32_773);
  });

  it("gives an independent copy", () => {
    const wheel = new EventWheel();
    for (const time of [7, 7, 50_000, 12]) wheel.push(time, time);
    wheel.take();
    const copy = wheel.fork();
    wheel.push(8, 8);
    copy.push(9, 9);
    const rest = (one: EventWheel) => Array.from({ length: 5 }, () => one.take());
    expect(rest(wheel)).toEqual([7, 8, 12, 50_000, -1]);
    expect(rest(copy)).toEqual([7, 9, 12, 50_000, -1]);
  });

  it("starts anew when it is cleared", () => {
    const wheel = new EventWheel();
    for (let i = 0; i < 1000; i++) wheel.push(i * 97, i);
    for (let i = 0; i < 500; i++) wheel.take();
    wheel.clear();
    expect(wheel.take()).toBe(-1);
    wheel.push(3, 1);
    expect(wheel.take()).toBe(1);
    expect(wheel.now).toBe(3);
  });
});
