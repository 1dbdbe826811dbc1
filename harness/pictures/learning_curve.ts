import type { Curve } from "./curve.ts";

/** Scores below are left out of pictures. */
export const SCORE_FLOOR = -1;

/** What differs between learning curves. */
export interface LearningCurve extends Pick<Curve, "agent" | "subtitle" | "series" | "lines"> {
  /** Registry id. */
  env: string;
  /** Whether values are scores; else they are returns. */
  scored: boolean;
}

/** The picture of how an agent learned. */
export function learningCurve({ env, scored, ...curve }: LearningCurve): Curve {
  return {
    ...curve,
    title: `${curve.agent} on ${env}`,
    axis: scored ? "score (0 = default, 1 = bound)" : "return",
    ...(scored && { floor: SCORE_FLOOR }),
  };
}
