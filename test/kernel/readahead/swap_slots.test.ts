import { describe, expect, it } from "vitest";
import { CLUSTER_SLOTS, SwapSlots } from "../../../kernel/readahead/swap_slots.ts";
import { InvariantError } from "../../../kernel/subsystem.ts";

const PAGES = 1000;

function allocateAll(slots: SwapSlots, count = PAGES): number[] {
  return Array.from({ length: count }, (_, page) => slots.allocate(page));
}

describe("swap slots", () => {
  it("are handed out in rising order inside clusters, each once, never slot 0", () => {
    const given = allocateAll(new SwapSlots(PAGES, 0, 1));
    expect(new Set(given).size).toBe(PAGES);
    expect(given).not.toContain(0);
    for (let i = 1; i < given.length; i++) {
      const sameCluster = Math.floor(given[i] / CLUSTER_SLOTS) === Math.floor(given[i - 1] / CLUSTER_SLOTS);
      if (sameCluster) expect(given[i]).toBe(given[i - 1] + 1);
    }
  });

  it("begin with clusters that are entirely free", () => {
    const slots = new SwapSlots(PAGES, 0, 1);
    // Cluster 0 has the header.
    expect(slots.allocate(0)).toBe(CLUSTER_SLOTS);
  });

  it("skip slots that other programs hold, the share that was asked for", () => {
    const slots = new SwapSlots(PAGES, 0.4, 7);
    const foreign = slots.owner.filter((owner) => owner === -2).length;
    expect(foreign / slots.owner.length).toBeGreaterThan(0.35);
    expect(foreign / slots.owner.length).toBeLessThan(0.45);
    const before = slots.owner.slice();
    for (const slot of allocateAll(slots)) expect(before[slot]).toBe(-1);
  });

  it("lie apart where other programs hold slots: fewer neighbours are handed out in a row", () => {
    const neighbours = (fragmentation: number) => {
      const given = allocateAll(new SwapSlots(PAGES, fragmentation, 3));
      return given.filter((slot, i) => i > 0 && slot === given[i - 1] + 1).length;
    };
    expect(neighbours(0.6)).toBeLessThan(0.6 * neighbours(0));
  });

  it("are used again after they are freed, when no free cluster is left", () => {
    const slots = new SwapSlots(100, 0, 1);
    for (let round = 0; round < 100; round++) {
      const given = allocateAll(slots, 100);
      given.forEach((slot, page) => {
        if (slots.owner[slot] !== page) throw new Error(`slot ${slot} was given twice`);
      });
      for (const slot of given) slots.free(slot);
    }
  });

  it("are full when less than half is free", () => {
    const slots = new SwapSlots(100, 0, 1);
    const half = slots.owner.length / 2;
    const given: number[] = [];
    while (!slots.full) given.push(slots.allocate(given.length));
    expect(given.length).toBe(half);
    slots.free(given[0]);
    expect(slots.full).toBe(false);
  });

  it("run out with an InvariantError", () => {
    const slots = new SwapSlots(1, 0, 1);
    for (let i = 1; i < slots.owner.length; i++) slots.allocate(i);
    expect(() => slots.allocate(0)).toThrow(InvariantError);
  });

  it("are copied with the next place", () => {
    const slots = new SwapSlots(PAGES, 0.3, 5);
    allocateAll(slots, 300);
    const copy = new SwapSlots(PAGES, 0.3, 5);
    copy.copyFrom(slots);
    expect(copy.owner).toEqual(slots.owner);
    expect(allocateAll(copy, 200)).toEqual(allocateAll(slots, 200));
  });
});
