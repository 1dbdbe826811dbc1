import { createDecision } from "../../kernel/readahead/decision.ts";
import type { ReadaheadEntry } from "./types.ts";

/** Every fault reads only its own page. */
export const none: ReadaheadEntry = {
  name: "none",
  role: "simple",
  description: "nothing is read ahead: what Linux does on devices that read in the faulting thread",
  source: "Linux, devices with `SWP_SYNCHRONOUS_IO`",
  knobs: [],
  create() {
    const decision = createDecision();
    return { name: "none", reset() {}, decide: () => decision };
  },
};

/** `none` in comparisons on synchronous devices. Linux ships it there, so it is the default. */
export const noneSync: ReadaheadEntry = { ...none, role: "default" };
