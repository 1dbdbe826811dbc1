// GPreempt with its hint, as a program: critical groups have a timeslice that does not end, best-effort groups the
// shortest, and a waiting kernel takes the GPU shortly before a prepared request is launched. The same rule as the
// heuristic `gpreempt-hint`; source: GPreempt (ATC 2025) and its artifact. It states intentions; a planner acts on them.

export const knobs = [
  { name: "slice_us", min: 1, max: 1024, scale: "log", start: 1, unit: "us" },
  { name: "turn_ms", min: 1, max: 50, scale: "log", start: 10, unit: "ms" },
  { name: "mode", min: 0, max: 2, scale: "linear", start: 2 },
  { name: "lead_us", min: 10, max: 1000, scale: "log", start: 100, unit: "us" },
];

interface Knobs {
  slice_us: number;
  turn_ms: number;
  mode: number;
  lead_us: number;
}

interface View {
  groups: number;
  critical: ArrayLike<number>;
}

/** Keep the GPU for requests in preparation. */
const RESERVE_HINT = 0;
/** Timeslice of critical groups, us. */
const CRITICAL_SLICE_US = 1_000_000;

export function create({ slice_us, turn_ms, mode, lead_us }: Knobs) {
  return {
    planner: { turnNs: turn_ms * 1e6, leadScale: 0, marginNs: lead_us * 1000 },
    decide({ groups, critical }: View) {
      const sliceUs: number[] = [];
      for (let group = 0; group < groups; group++) {
        sliceUs.push(critical[group] === 1 ? CRITICAL_SLICE_US : slice_us);
      }
      return {
        sliceUs,
        mode: new Array(groups).fill(Math.round(mode)),
        reserve: new Array(groups).fill(RESERVE_HINT),
      };
    },
  };
}
