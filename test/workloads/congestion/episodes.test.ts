import { expect, test } from "vitest";
import { delayTarget } from "../../../baselines/congestion/delay_target.ts";
import { startValues } from "../../../baselines/knobs.ts";
import { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import { Cubic, SHIPPED_CUBIC } from "../../../kernel/congestion/programs/cubic.ts";
import { congestionWorkloads } from "../../../workloads/congestion/catalog.ts";

const MS = 1e6;

test.each(congestionWorkloads.map((entry) => [entry.name, entry] as const))(
  "%s is an episode of less than 4 ms with at most 110 queue pairs",
  (_, { open }) => {
    const kernel = new CongestionKernel();
    const heuristic = delayTarget.create(startValues(delayTarget.knobs));
    for (const seed of [0, 1, 2]) {
      kernel.reset(
        {
          workload: open(seed),
          mtuPerChunk: 4,
          lossless: true,
          limitNs: 20 * MS,
          decisionNs: 0,
          marking: null,
          telemetry: false,
          tcp: new Cubic("cubic", SHIPPED_CUBIC),
        },
        seed,
      );
      while (!kernel.done) kernel.decide(heuristic.decide(kernel.view));
      expect(kernel.time).toBeGreaterThan(0.1 * MS);
      expect(kernel.time).toBeLessThan(4 * MS);
      // Indices are reused, so this is the greatest number at one time.
      expect(kernel.view.queuePairs.count).toBeLessThanOrEqual(110);
    }
  },
);
