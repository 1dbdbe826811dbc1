import fc from "fast-check";
import { expect, test } from "vitest";
import { lruMisses } from "../../../workloads/recorder/lru_misses.ts";

test("lruMisses agrees with a simple LRU list", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.integer({ min: 1, max: 10 }), (pages, frames) => {
      const resident: number[] = [];
      let misses = 0;
      for (const page of pages) {
        const at = resident.indexOf(page);
        if (at === -1) misses++;
        else resident.splice(at, 1);
        resident.unshift(page);
        if (resident.length > frames) resident.pop();
      }
      expect(lruMisses(Uint32Array.from(pages), 10, frames)).toBe(misses);
    }),
  );
});
