import type { KnobValues } from "../../baselines/knobs.ts";
import { startValues } from "../../baselines/knobs.ts";
import type { ReadaheadEntry, ReadaheadHeuristic } from "../../baselines/readahead/types.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";
import type { ReadaheadScenario } from "../../kernel/readahead/scenario.ts";
import type { ReadaheadCounters } from "../../kernel/readahead/view.ts";
import type { ReadaheadWorkload, Vma } from "../../kernel/readahead/workload.ts";

/** One thread that accesses `sequence`, each access by the instruction `pcOf` gives; the first `filled` are writes. */
export function workloadOf(
  sequence: readonly number[],
  {
    pages = sequence.reduce((most, page) => Math.max(most, page), 0) + 1,
    filled = 0,
    vmas = [] as readonly Vma[],
    pcOf = (_i: number) => 0,
  } = {},
): ReadaheadWorkload {
  return {
    name: "test",
    pages,
    vmas: vmas.length > 0 ? vmas : [{ start: 0, end: pages, address: 512 * 9 }],
    footprint: new Set(sequence).size,
    programCounters: 16,
    threads: [
      {
        page: Uint32Array.from(sequence),
        write: Uint8Array.from(sequence, (_, i) => (i < filled ? 1 : 0)),
        pc: Uint16Array.from(sequence, (_, i) => pcOf(i)),
        computeNs: new Uint32Array(sequence.length).fill(500),
      },
    ],
  };
}

/** What came of a run. */
export interface Run extends Readonly<ReadaheadCounters> {
  /** Hits of all swap faults. */
  readonly coverage: number;
  /** Hits of all pages read ahead whose end is known. */
  readonly accuracy: number;
  /** us. */
  readonly cost: number;
}

/** Runs a heuristic to the end of a workload on a quarter of the frames it would need. */
export function runEntry(
  entry: ReadaheadEntry,
  workload: ReadaheadWorkload,
  { values = {} as KnobValues, ...scenario }: Partial<ReadaheadScenario> & { values?: KnobValues } = {},
): Run {
  return runHeuristic(entry.create({ ...startValues(entry.knobs), ...values }), workload, scenario);
}

/** The same for a heuristic that is no entry. */
export function runHeuristic(
  heuristic: ReadaheadHeuristic,
  workload: ReadaheadWorkload,
  scenario: Partial<ReadaheadScenario> = {},
): Run {
  const kernel = new ReadaheadKernel();
  kernel.reset(
    {
      workload,
      frames: Math.max(64, workload.footprint >> 2),
      device: DEVICE_PROFILES.nvme,
      backgroundLoad: 0,
      fragmentation: 0,
      demandFirst: false,
      singleList: false,
      countPollution: false,
      ...scenario,
    },
    1,
  );
  heuristic.reset();
  while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
  kernel.checkInvariants();
  const { counters } = kernel.view;
  const { ra_hit, ra_waste, major_faults } = counters;
  return {
    ...counters,
    coverage: ra_hit / Math.max(1, ra_hit + major_faults),
    accuracy: ra_hit / Math.max(1, ra_hit + ra_waste),
    cost: kernel.cost,
  };
}
