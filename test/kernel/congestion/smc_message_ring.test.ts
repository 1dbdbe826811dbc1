import { expect, it } from "vitest";
import { MessageRing } from "../../../kernel/congestion/smc/message_ring.ts";

it("a message ring keeps every message until it is both handled and completed, at any length", () => {
  const ring = new MessageRing();
  for (let i = 0; i < 1000; i++) {
    ring.post(3 * i, 2 * i, i % 3 === 0 ? 1 : 0);
    ring.delivered++;
    if (i % 2 === 0) ring.handled++;
    if (i % 3 === 0) ring.completed++;
  }
  ring.setConsumer(400, -1);
  const copy = ring.fork();
  ring.post(0, 0, 0);
  for (let i = ring.completed; i < 1000; i++) {
    expect([copy.producer(i), copy.consumer(i), copy.blocked(i)]).toEqual([
      3 * i,
      i === 400 ? -1 : 2 * i,
      i % 3 === 0 ? 1 : 0,
    ]);
  }
  expect([copy.posted, copy.handled, copy.completed]).toEqual([1000, 500, 334]);
});
