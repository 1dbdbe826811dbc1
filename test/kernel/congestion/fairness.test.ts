import { describe, expect, it } from "vitest";
import { FairnessLedger } from "../../../kernel/congestion/fairness.ts";
import { Paths } from "../../../kernel/congestion/paths.ts";
import { QueuePairTable } from "../../../kernel/congestion/queue_pair_table.ts";
import { MOST_HOPS } from "../../../kernel/congestion/topology.ts";

const WINDOW = 1000;

/** Queue pairs on links, busy since given times. The test sets their acknowledged bytes. */
function fixture(lastLink: readonly number[], since: readonly number[] = lastLink.map(() => 0)) {
  const table = new QueuePairTable();
  table.count = lastLink.length;
  table.active = new Uint8Array(lastLink.length).fill(1);
  table.acked = new Float64Array(lastLink.length);
  table.remaining = new Float64Array(lastLink.length).fill(1e9);
  const paths = new Paths();
  paths.grow(lastLink.length);
  lastLink.forEach((link, i) => {
    paths.links[i * MOST_HOPS] = link;
    paths.length[i] = 1;
  });
  const ledger = new FairnessLedger(WINDOW, new Float64Array(4).fill(1));
  const sent = new Float64Array(4);
  const busySince = Float64Array.from(since);
  const close = (bytes: readonly number[], into = ledger, idle = -1) => {
    bytes.forEach((more, i) => {
      table.acked[i] += more;
    });
    // Every link was busy except `idle`.
    for (let link = 0; link < sent.length; link++) sent[link] += WINDOW * (link === idle ? 0.5 : 0.9);
    into.close(table, paths, busySince, sent);
  };
  return { table, ledger, busySince, close };
}

describe("fairness", () => {
  it("is null before a window had two queue pairs that share a link", () => {
    const { ledger, close } = fixture([0, 1]);
    expect(ledger.index).toBeNull();
    expect(ledger.due).toBe(WINDOW);
    close([100, 900]);
    expect(ledger.index).toBeNull();
    expect(ledger.due).toBe(2 * WINDOW);
  });

  it("is 1 for equal bytes and 1/n when one queue pair has everything", () => {
    const equal = fixture([2, 2, 2, 2]);
    equal.close([50, 50, 50, 50]);
    expect(equal.ledger.index).toBe(1);
    const one = fixture([2, 2, 2, 2]);
    one.close([0, 70, 0, 0]);
    expect(one.ledger.index).toBe(0.25);
  });

  it("is computed for each window separately, weighted by queue pairs", () => {
    const { ledger, close } = fixture([0, 0, 1, 1, 1]);
    close([10, 30, 7, 7, 7]);
    // The window of two has (40)^2 / (2 x 1000) = .8, the window of three has 1.
    expect(ledger.index).toBeCloseTo((2 * 0.8 + 3) / 5, 12);
    close([30, 10, 7, 7, 7]);
    expect(ledger.index).toBeCloseTo((2 * 0.8 + 3) / 5, 12);
  });

  it("ignores a link that limits no queue pair", () => {
    const { ledger, close } = fixture([0, 0, 1, 1]);
    close([10, 30, 5, 5], ledger, 0);
    expect(ledger.index).toBe(1);
  });

  it("leaves out queue pairs with nothing to send in part of the window, and links without acknowledged bytes", () => {
    const { ledger, table, busySince, close } = fixture([0, 0, 0, 1, 1], [0, 0, 400, 0, 0]);
    close([10, 10, 900, 0, 0]);
    expect(ledger.index).toBe(1);
    table.remaining[1] = 0;
    busySince[0] = WINDOW;
    close([1, 99, 900, 0, 0]);
    expect(ledger.index).toBe(1);
    busySince[1] = 2500;
    table.remaining[1] = 5;
    close([30, 5, 10, 0, 0]);
    expect(ledger.index).toBeCloseTo((2 * 1 + 2 * 0.8) / 4, 12);
  });

  it("treats a reused index as another queue pair", () => {
    const { ledger, table, busySince, close } = fixture([0, 0]);
    close([10, 10]);
    table.acked[1] = 0;
    busySince[1] = WINDOW;
    close([10, 3]);
    close([10, 10]);
    expect(ledger.index).toBe(1);
  });

  it("continues the same in a copy, which shares nothing", () => {
    const { ledger, close } = fixture([0, 0]);
    close([10, 30]);
    const copy = ledger.fork();
    close([20, 20]);
    expect(copy.index).toBeCloseTo(0.8, 12);
    close([0, 0], copy);
    expect(copy.index).toBeCloseTo(0.9, 12);
    expect(copy.due).toBe(ledger.due);
  });
});
