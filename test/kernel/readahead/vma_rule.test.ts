import { describe, expect, it } from "vitest";
import { createDecision } from "../../../kernel/readahead/decision.ts";
import { VmaRule } from "../../../kernel/readahead/vma_rule.ts";
import { faultView } from "../../baselines/readahead_view.ts";

/** Returns the pages that a rule reads at a fault far from the last fault, after no hits: half of the window before. */
function afterNoHits(rule: VmaRule): number {
  const view = faultView(500);
  view.vmaHits[0] = 0;
  view.vmaAddress[0] = 100;
  return rule.decide(view, createDecision()).count;
}

describe("the stock rule's memory", () => {
  it("is copied, and each copy continues by itself", () => {
    const rule = new VmaRule(3);
    rule.decide(faultView(100), createDecision());
    const copy = new VmaRule(3);
    copy.copyFrom(rule);
    // The window shrinks from 8 to 4, 2, 1. It includes the page itself.
    expect([afterNoHits(rule), afterNoHits(rule), afterNoHits(rule)]).toEqual([3, 1, 0]);
    expect([afterNoHits(copy), afterNoHits(copy), afterNoHits(copy)]).toEqual([3, 1, 0]);
  });

  it("is empty in a copy of a rule that has seen no fault", () => {
    const used = new VmaRule(3);
    used.decide(faultView(100), createDecision());
    used.copyFrom(new VmaRule(3));
    expect(afterNoHits(used)).toBe(0);
  });
});
