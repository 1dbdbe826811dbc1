import { describe, expect, it } from "vitest";
import type { KnobValues } from "../../baselines/knobs.ts";
import { startValues } from "../../baselines/knobs.ts";
import { fdp, fdpChange } from "../../baselines/readahead/fdp.ts";
import { ghb } from "../../baselines/readahead/ghb.ts";
import { leap } from "../../baselines/readahead/leap.ts";
import { leapArtifact } from "../../baselines/readahead/leap_artifact.ts";
import { pcGhb } from "../../baselines/readahead/pc_ghb.ts";
import { ReferenceTable } from "../../baselines/readahead/reference_table.ts";
import { shadow } from "../../baselines/readahead/shadow.ts";
import { stride, strideVma } from "../../baselines/readahead/stride.ts";
import { TrendHistory } from "../../baselines/readahead/trend_history.ts";
import type { ReadaheadEntry } from "../../baselines/readahead/types.ts";
import { randomStream } from "../../kernel/random.ts";
import { SwapLog } from "../../kernel/readahead/swap_log.ts";
import { MAPPED, SWAPPED } from "../../kernel/readahead/view.ts";
import { type Access, faultView, replay } from "./readahead_view.ts";

function range(count: number, at: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => at(i));
}

function shuffledPages(pages: number, seed: number): number[] {
  const random = randomStream(seed, "test/shuffle");
  const order = range(pages, (i) => i);
  for (let i = pages - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function play(entry: ReadaheadEntry, accesses: readonly Access[], { pages = 1024, values = {} as KnobValues } = {}) {
  return replay(entry.create({ ...startValues(entry.knobs), ...values }), accesses, pages);
}

describe("trend", () => {
  const historyOf = (places: number[], split = 4) => {
    const history = new TrendHistory(split);
    for (const place of places) history.push(place);
    return history;
  };

  it("is what more than half of the newest differences are", () => {
    expect(historyOf([0]).trend()).toBe(0);
    expect(historyOf([0, 3]).trend()).toBe(3);
    expect(historyOf([0, 3, 6, 100, 103, 106]).trend()).toBe(3);
    expect(historyOf([0, 3, 10, 13, 20]).trend()).toBe(0);
  });

  it("is looked for among more when few have none", () => {
    // The newest 8 differences have no majority; of all 20, twelve are 5.
    const places = [...range(13, (i) => 5 * i), 100, 300, 301, 400, 500, 501, 700, 900];
    expect(historyOf(places).trend()).toBe(5);
    expect(historyOf(places, 32).trend()).toBe(200);
  });

  it("forgets all but 32 differences", () => {
    const places = [...range(40, (i) => i), ...range(20, (i) => 100 + 7 * i)];
    expect(historyOf(places, 1).trend()).toBe(7);
  });
});

describe("leap", () => {
  // Source: the predictor's tests in an open-source page cache that follows the paper; history 32, split 4, window 8.
  it("misses 15 of the pages 1 to 100 in order, and 15 in reverse", () => {
    expect(
      play(
        leap,
        range(100, (i) => i + 1),
      ).misses,
    ).toBe(15);
    expect(
      play(
        leap,
        range(100, (i) => 100 - i),
      ).misses,
    ).toBe(15);
  });

  it("misses as few of a stride", () => {
    expect(
      play(
        leap,
        range(100, (i) => 7 * i),
      ).misses,
    ).toBe(15);
  });

  it("falls silent on random pages", () => {
    const { issued, misses } = play(leap, shuffledPages(4096, 1), { pages: 4096 });
    expect(issued).toBeLessThan(0.001 * misses);
  });

  it("follows each thread's own trend", () => {
    const accesses = range(200, (i) => i).map((i) =>
      i % 2 === 0 ? { page: i >> 1, thread: 0 } : { page: 1000 - 3 * (i >> 1), thread: 1 },
    );
    expect(play(leap, accesses).misses).toBe(30);
  });

  it("reads around a fault at the last trend when there are hits but no trend", () => {
    const regular = range(8, (i) => 2 * i);
    const noisy = [500, 16, 600, 18, 700, 20, 800];
    expect(play(leap, [...regular, ...noisy]).decisions.at(-1)).toEqual([802, 798]);
  });
});

describe("leap's artifact", () => {
  it("follows slots, and never reads fewer than 4", () => {
    const accesses = range(120, (i) => 7 * i);
    const { misses } = play(leapArtifact, accesses);
    expect(misses).toBeLessThan(40);
    const { issued, misses: all } = play(leapArtifact, shuffledPages(1024, 2));
    expect(issued).toBeGreaterThan(all);
  });
});

describe("reference table", () => {
  it("gets sure of a stride that holds, and drops one only without trust", () => {
    const table = new ReferenceTable(2);
    const sure = [0, 5, 10, 15, 20, 25].map((page) => {
      table.learn(1, page);
      return table.confidenceOf(1);
    });
    expect(sure).toEqual([0, 0, 1, 2, 3, 3]);
    expect(table.strideOf(1)).toBe(5);
    table.learn(1, 100);
    expect([table.strideOf(1), table.confidenceOf(1)]).toEqual([5, 2]);
    for (const page of [108, 116, 124]) table.learn(1, page);
    expect([table.strideOf(1), table.confidenceOf(1)]).toEqual([8, 0]);
    expect(table.confidenceOf(0)).toBe(0);
  });

  it("learns nothing from the same page again", () => {
    const table = new ReferenceTable(1);
    for (const page of [0, 5, 10, 15, 15, 15, 20]) table.learn(0, page);
    expect(table.confidenceOf(0)).toBe(3);
  });
});

describe("stride", () => {
  const mixed = range(300, (i) => i).map((i) => {
    const step = Math.floor(i / 3);
    return { page: [2 * step, 1000 + 9 * step, 4000 - 5 * step][i % 3], pc: i % 3 };
  });

  it("tells three interleaved strides apart by instruction", () => {
    const { misses, hits, issued } = play(stride, mixed, { pages: 4096 });
    expect(misses).toBe(12);
    expect(hits).toBe(288);
    expect(issued).toBeLessThan(288 + 3 * 16);
  });

  it("cannot by VMA, where all are one", () => {
    expect(play(strideVma, mixed, { pages: 4096 }).hits).toBe(0);
    expect(
      play(
        strideVma,
        range(100, (i) => 4 * i),
      ).misses,
    ).toBe(4);
  });

  it("needs a stride that is sure enough", () => {
    const misses = [1, 2, 3].map(
      (confidence) =>
        play(
          stride,
          range(64, (i) => i),
          { values: { confidence } },
        ).misses,
    );
    expect(misses).toEqual([3, 4, 5]);
  });
});

describe("feedback-directed prefetching", () => {
  it("changes its window by accuracy, lateness and pollution", () => {
    const changes = [1, 0, -1].map((accuracy) =>
      [
        [true, false],
        [true, true],
        [false, false],
        [false, true],
      ].map(([late, polluting]) => fdpChange(accuracy, late, polluting)),
    );
    expect(changes).toEqual([
      [1, 1, 1, -1],
      [1, -1, 0, -1],
      [-1, -1, -1, -1],
    ]);
  });

  it("grows where pages are used and falls silent where they are not", () => {
    const sizes = (accesses: readonly number[]) =>
      play(fdp, accesses, { pages: 8192 }).decisions.map((pages) => pages.length);
    expect(Math.max(...sizes(range(4000, (i) => i)))).toBe(31);
    const random = sizes(shuffledPages(8192, 7).slice(0, 1000));
    expect(Math.max(...random.slice(0, 16))).toBe(7);
    expect(random.slice(100).reduce((sum, size) => sum + size)).toBeLessThan(9);
  });

  it("runs on at its marker in both directions", () => {
    expect(
      play(
        fdp,
        range(400, (i) => i),
      ).misses,
    ).toBe(2);
    expect(
      play(
        fdp,
        range(400, (i) => 900 - i),
      ).misses,
    ).toBe(2);
  });
});

describe("shadow", () => {
  const touched = (page: number, others: readonly number[]) => {
    const view = faultView(page);
    for (const other of others) view.log.push(other, 0, 0);
    view.log.push(page, 0, 0);
    const { pages, count } = shadow.create({ threshold: 0.3, horizon: 64, window: 16 }).decide(view);
    return [...pages.subarray(0, count)];
  };

  it("reads ahead when the pages behind were touched, and behind when those ahead were", () => {
    expect(
      touched(
        100,
        range(16, (i) => 84 + i),
      ),
    ).toEqual(range(15, (i) => 101 + i));
    expect(
      touched(
        100,
        range(16, (i) => 116 - i),
      ),
    ).toEqual(range(15, (i) => 85 + i));
  });

  it("reads at a stride, and less where less was touched", () => {
    expect(
      touched(
        200,
        range(16, (i) => 200 - 9 * (16 - i)),
      ),
    ).toEqual(range(16, (i) => 209 + 9 * i));
    expect(
      touched(
        100,
        range(8, (i) => 92 + i),
      ),
    ).toEqual(range(7, (i) => 101 + i));
  });

  it("reads nothing where nothing or too little was touched, or long ago", () => {
    expect(touched(100, [])).toEqual([]);
    expect(
      touched(
        100,
        range(4, (i) => 96 + i),
      ),
    ).toEqual([]);
    expect(touched(100, [...range(16, (i) => 84 + i), ...range(80, (i) => 300 + 5 * i)])).toEqual([]);
  });

  it("reads the block of slots where its neighbours are the ones touched", () => {
    const view = faultView(100);
    // Slots 96 to 111 hold pages far from each other.
    const owners = range(16, (i) => 900 - ((37 * i) % 400));
    owners[5] = 100;
    for (const [i, owner] of owners.entries()) {
      view.ownerOf[96 + i] = owner;
      view.slotOf[owner] = 96 + i;
      view.log.push(owner, 0, 0);
    }
    view.log.push(100, 0, 0);
    const { pages, count } = shadow.create({ threshold: 0.3, horizon: 64, window: 16 }).decide(view);
    expect([...pages.subarray(0, count)].sort()).toEqual(owners.filter((owner) => owner !== 100).sort());
  });
});

describe("global history buffer", () => {
  /** One cycle through shuffled pages over and over, in a memory that holds `kept` pages. */
  function cycles(rounds: number, values: KnobValues) {
    const heuristic = ghb.create({ ...startValues(ghb.knobs), ...values });
    heuristic.reset();
    const order = shuffledPages(200, 3);
    const view = faultView(0, { pages: 200 });
    const log = new SwapLog(200, 16, 1024);
    Object.assign(view, { log });
    const missesByRound: number[] = [];
    for (let round = 0; round < rounds; round++) {
      let misses = 0;
      view.state.fill(SWAPPED);
      let marked = -1;
      const read = new Set<number>();
      for (const page of order) {
        const hit = read.has(page);
        log.push(page, 0, 0);
        Object.assign(view, { page, kind: hit ? "marker" : "fault" });
        if (!hit) misses++;
        if (!hit || page === marked) {
          const { pages, count, marker } = heuristic.decide(view);
          for (let i = 0; i < count; i++) {
            read.add(pages[i]);
            view.state[pages[i]] = MAPPED;
          }
          marked = marker < 0 ? -1 : pages[marker];
        }
        view.state[page] = MAPPED;
        view.vmaAddress[0] = page;
        view.vmaHits[0] = 0;
      }
      missesByRound.push(misses);
    }
    return missesByRound;
  }

  it("replays a permutation from its second round on, once it has seen that history repeats", () => {
    const [first, second, third] = cycles(3, {});
    expect(first).toBeGreaterThan(180);
    expect(second).toBeLessThan(40);
    expect(third).toBeLessThan(3);
  });

  it("leaves it to windows by VMA where history does not repeat", () => {
    const never = cycles(2, { threshold: 1.1 });
    expect(never[1]).toBeGreaterThan(180);
  });
});

describe("delta correlation by instruction", () => {
  it("follows a pattern of differences that no stride describes", () => {
    const steps = [1, 1, 6, 3];
    const accesses = range(200, (i) => 11 * (i >> 2) + [0, 1, 2, 8][i % 4]);
    expect(accesses.slice(0, 6).map((page, i) => accesses[i + 1] - page)).toEqual([...steps, 1, 1]);
    const { misses, hits, issued } = play(pcGhb, accesses);
    expect(misses).toBe(7);
    expect(hits).toBe(193);
    expect(issued).toBeLessThan(193 + 17);
    expect(play(stride, accesses).hits).toBeLessThan(20);
  });

  it("is silent on random pages", () => {
    expect(play(pcGhb, shuffledPages(4096, 4), { pages: 4096 }).issued).toBeLessThan(4);
  });
});
