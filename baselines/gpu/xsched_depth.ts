import type { Knob } from "../knobs.ts";

/** Most commands of a best-effort client in flight (XSched's threshold), and what its paper measures with. */
export const DEPTH: Knob = { name: "depth", min: 1, max: 64, scale: "log", start: 8, unit: "kernels" };
