import type { PolicySummary } from "../harness/compare/summary.ts";

/** A table of at most this many policies is printed whole. Source: choice, half a screen. */
const MOST_LINES = 12;

/**
 * The policies that a short table shows: those that the user named, the learners, the policies next to the learners,
 * and the best of each role.
 *
 * @param policies from best to worst, behind the limits; `summarise` sorts them so
 */
export function chosenPolicies(
  policies: readonly PolicySummary[],
  named: readonly string[] = [],
): readonly PolicySummary[] {
  if (policies.length <= MOST_LINES) return policies;
  const ranked = policies.filter(({ role }) => role !== "bound" && role !== "reference");
  const chosen = new Set(policies.filter(({ policy }) => named.includes(policy)));
  for (const policy of policies) {
    if (policies.find(({ role }) => role === policy.role) === policy) chosen.add(policy);
  }
  for (const [i, { role }] of ranked.entries()) {
    if (role !== "agent") continue;
    for (const near of ranked.slice(Math.max(0, i - 1), i + 2)) chosen.add(near);
  }
  return policies.filter((policy) => chosen.has(policy));
}
