/** A constant of a heuristic that tuning may choose. */
export interface Knob {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** How the range is divided: equal steps or equal ratios. */
  readonly scale: "linear" | "log";
  /** Where the search starts. It is also the value without tuning. */
  readonly start: number;
  readonly unit?: string;
}

/** Values of a heuristic's knobs by name. */
export type KnobValues = Readonly<Record<string, number>>;

/** The start value of each of `knobs`, by name. */
export function startValues(knobs: readonly Knob[]): KnobValues {
  return Object.fromEntries(knobs.map((knob) => [knob.name, knob.start]));
}
