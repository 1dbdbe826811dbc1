/** Names of the ladder's scenarios, in the order of the command's help. */
export const SCENARIO_NAMES = [
  "good",
  "bad",
  "null",
  "regress",
  "shift",
  "overload",
  "silent",
  "flapping",
  "adversarial",
  "learning",
] as const;

/** Name of a scenario of the ladder. */
export type ScenarioName = (typeof SCENARIO_NAMES)[number];
