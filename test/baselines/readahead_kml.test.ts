import { describe, expect, it } from "vitest";
import { type KnobValues, startValues } from "../../baselines/knobs.ts";
import { kml } from "../../baselines/readahead/kml.ts";
import { KML_CLASSES, KML_SIZES, KmlNetwork } from "../../baselines/readahead/kml_network.ts";
import kmlWeights from "../../baselines/readahead/kml_weights.json" with { type: "json" };
import { kmlStream } from "../../harness/tune/kml_streams.ts";
import { kmlAccuracy, samplesOf, trainKml } from "../../harness/tune/train_kml.ts";
import type { ReadaheadDecision } from "../../kernel/readahead/decision.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { ReadaheadKernel } from "../../kernel/readahead/readahead.ts";

/** Seeds of streams that neither training nor its own measurement has seen. */
const FRESH = 5_000_000;

/** Runs the heuristic; shows `see` every decision in the second half. */
function run(
  kind: number,
  see: (decision: ReadaheadDecision, page: number) => void,
  values: KnobValues = {},
): ReadaheadKernel {
  const workload = kmlStream(kind, FRESH);
  const heuristic = kml.create({ ...startValues(kml.knobs), ...values });
  heuristic.reset();
  const kernel = new ReadaheadKernel();
  const frames = workload.pages >> 2;
  const rest = { backgroundLoad: 0, fragmentation: 0, demandFirst: false, singleList: false, countPollution: false };
  kernel.reset({ workload, frames, device: DEVICE_PROFILES.nvme, ...rest }, 1);
  while (!kernel.done) {
    const { page } = kernel.view;
    const decision = heuristic.decide(kernel.view);
    if (kernel.position > workload.threads[0].page.length / 2) see(decision, page);
    kernel.decide(decision);
  }
  return kernel;
}

describe("the classifier of kml", () => {
  it("is right about at least nine in ten intervals of fresh streams", () => {
    const samples = samplesOf(FRESH, 10);
    expect(samples.length).toBeGreaterThan(500);
    const { accuracy, byClass } = kmlAccuracy(kmlWeights, samples);
    expect(accuracy).toBeGreaterThan(0.9);
    for (const name of KML_CLASSES) expect(byClass[name], name).toBeGreaterThan(0.8);
  });

  it("says how it was measured", () => {
    expect(kmlWeights.accuracy).toBeGreaterThan(0.9);
    expect(Object.keys(kmlWeights.accuracyByClass)).toEqual([...KML_CLASSES]);
  });

  it("refuses weights of other sizes", () => {
    const wrong = { ...kmlWeights, layers: kmlWeights.layers.slice(0, 2) };
    expect(() => new KmlNetwork(wrong)).toThrow(`layers of ${KML_SIZES.join(", ")}, got 5, 15, 5`);
  });

  it("trains to the same weights from the same seed, and to others from another", () => {
    const options = { streams: 3, epochs: 3 };
    const { layers } = trainKml({ ...options, seed: 1 });
    expect(trainKml({ ...options, seed: 1 }).layers).toEqual(layers);
    expect(trainKml({ ...options, seed: 2 }).layers).not.toEqual(layers);
  });

  it("learns: training lowers the loss", () => {
    const losses: number[] = [];
    trainKml({ streams: 4, epochs: 30, onEpoch: (_epoch, loss) => losses.push(loss) });
    expect(losses).toHaveLength(30);
    expect(losses[29]).toBeLessThan(0.8 * losses[0]);
  });
});

describe("kml", () => {
  it("reads ahead in a scan, behind in a scan back, and nothing where accesses are random", () => {
    const sides = KML_CLASSES.map((_, kind) => {
      const side = { ahead: 0, behind: 0 };
      const kernel = run(kind, ({ pages, count }, page) => {
        for (let k = 0; k < count; k++) side[pages[k] > page ? "ahead" : "behind"]++;
      });
      kernel.checkInvariants();
      return side;
    });
    for (const { ahead, behind } of sides.slice(0, 2)) expect(ahead + behind).toBeLessThan(100);
    const [, , scan, back] = sides;
    expect(scan.ahead).toBeGreaterThan(3000);
    expect(scan.behind).toBeLessThan(0.02 * scan.ahead);
    expect(back.behind).toBeGreaterThan(3000);
    expect(back.ahead).toBeLessThan(0.02 * back.behind);
  });

  it("takes its windows from its knobs", () => {
    let issued = 0;
    run(
      0,
      ({ pages, count }, page) => {
        issued += count;
        for (const read of pages.subarray(0, count)) expect([page - 1, page + 1, page + 2]).toContain(read);
      },
      { random: 4, update: 4 },
    );
    expect(issued).toBeGreaterThan(100);
  });
});
