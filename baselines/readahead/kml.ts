import { MAX_READAHEAD } from "../../kernel/readahead/decision.ts";
import { nothing, swappedRange } from "../../kernel/readahead/page_sets.ts";
import type { Knob } from "../knobs.ts";
import { heuristicDecision } from "./heuristic_decision.ts";
import { KML_CLASSES, KmlNetwork } from "./kml_network.ts";
import kmlWeights from "./kml_weights.json" with { type: "json" };
import { KmlWindow } from "./kml_window.ts";
import type { ReadaheadEntry } from "./types.ts";

const SEQUENTIAL = KML_CLASSES.indexOf("sequential");
const REVERSE = KML_CLASSES.indexOf("reverse");

/** Time between two classifications. KML: every second of a server; runs here are shorter. */
const INTERVAL: Knob = { name: "interval", min: 1, max: 100, scale: "log", start: 10, unit: "ms" };

/** Window of each class, including the faulting page. */
const RANDOM: Knob = { name: "random", min: 1, max: 16, scale: "log", start: 1, unit: "pages" };
const UPDATE: Knob = { name: "update", min: 1, max: 16, scale: "log", start: 1, unit: "pages" };
const AHEAD: Knob = { name: "sequential", min: 2, max: MAX_READAHEAD, scale: "log", start: 16, unit: "pages" };
const BEHIND: Knob = { name: "reverse", min: 2, max: MAX_READAHEAD, scale: "log", start: 16, unit: "pages" };

/**
 * A workload classifier in the manner of KML. At intervals a small network names the kind of workload, one of four. A
 * table holds the window of each kind: around the fault for the random kinds, ahead or behind for the others. The
 * network was trained here, by `train-kml`, on streams of the four kinds. It contains nothing of KML's own weights.
 * Source: KML (sbu-fsl), its model for file readahead, carried over to swap-in.
 */
export const kml: ReadaheadEntry = {
  name: "kml",
  role: "published",
  description: "KML's scheme: a small network classifies the workload every few ms, a table has the window",
  source: "KML (sbu-fsl), carried over from file readahead",
  knobs: [INTERVAL, RANDOM, UPDATE, AHEAD, BEHIND],
  create(values) {
    const decision = heuristicDecision();
    const network = new KmlNetwork(kmlWeights);
    const recent = new KmlWindow(values.interval * 1000);
    const windows = [values.random, values.update, values.sequential, values.reverse].map(Math.round);
    let kind = 0;
    return {
      name: "kml",
      reset() {
        recent.reset();
        kind = 0;
      },
      decide(view) {
        if (recent.take(view)) kind = network.classify(recent.features);
        const window = windows[kind];
        if (window === 1) return nothing(decision);
        let left = view.page - ((window - 1) >> 1);
        if (kind === SEQUENTIAL) left = view.page;
        else if (kind === REVERSE) left = view.page - window + 1;
        return swappedRange(view, left, left + window, decision);
      },
    };
  },
};
