import { createDecision } from "../../kernel/readahead/decision.ts";
import type { Role } from "../heuristic_entry.ts";
import type { ReadaheadEntry } from "./types.ts";

/** Every fault reads only its own page. Linux does this on synchronous devices, so it is the default there. */
export function none(role: Role): ReadaheadEntry {
  return {
    name: "none",
    role,
    description: "nothing is read ahead: what Linux does on devices that read in the faulting thread",
    source: "Linux, devices with `SWP_SYNCHRONOUS_IO`",
    knobs: [],
    create() {
      const decision = createDecision();
      return { name: "none", reset() {}, decide: () => decision };
    },
  };
}
