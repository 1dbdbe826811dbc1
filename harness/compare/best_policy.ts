import type { Split } from "../../gym/env.ts";

/** Mean scores on the validation split, by policy. */
export type ValidationScores = ReadonlyMap<string, number>;

/** A policy and its mean score on the reported episodes. */
interface Candidate {
  policy: string;
  mean: number;
}

/** The best of some policies. */
export interface BestPolicy<One> {
  best: One;
  /** The split on which it is the best. The choice on the reported split favours it. */
  chosenOn: Split;
}

/**
 * The best of some policies on the validation split, where agents are chosen too. If any of them has no validation
 * score, it is the best on the reported episodes. Null if there are no policies.
 */
export function bestPolicy<One extends Candidate>(
  policies: readonly One[],
  validation: ValidationScores,
): BestPolicy<One> | null {
  if (policies.length === 0) return null;
  const known = policies.every(({ policy }) => validation.has(policy));
  const score = (one: One) => (known ? validation.get(one.policy)! : one.mean);
  const isBetter = (a: One, b: One) => score(a) > score(b) || (score(a) === score(b) && a.mean > b.mean);
  return {
    best: policies.reduce((best, one) => (isBetter(one, best) ? one : best)),
    chosenOn: known ? "validation" : "test",
  };
}
