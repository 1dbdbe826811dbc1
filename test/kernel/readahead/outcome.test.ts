import { expect, it } from "vitest";
import { ReadaheadOutcome } from "../../../kernel/readahead/outcome.ts";

it("an outcome keeps all records until it is cleared, no matter how many", () => {
  const outcome = new ReadaheadOutcome();
  for (const notes of [10, 500, 3]) {
    outcome.clear();
    expect([outcome.cost, outcome.accesses, outcome.hits, outcome.delays]).toEqual([0, 0, 0, 0]);
    for (let i = 0; i < notes; i++) {
      outcome.addHit(i % 7, 3 * i, i + 1, i / 2);
      if (i % 2 === 0) outcome.addDelay(i + 2, i / 4);
    }
    const { hits, hitThread, hitAccess, hitDecision, hitUs, delays, delayDecision, delayUs } = outcome;
    expect([hits, delays]).toEqual([notes, Math.ceil(notes / 2)]);
    for (let i = 0; i < notes; i++) {
      expect([hitThread[i], hitAccess[i], hitDecision[i], hitUs[i]]).toEqual([i % 7, 3 * i, i + 1, i / 2]);
    }
    for (let i = 0; i < delays; i++) expect([delayDecision[i], delayUs[i]]).toEqual([2 * i + 2, i / 2]);
  }
});
