import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { alternatives } from "../../gym/spaces.ts";
import { UsageError } from "../run/usage_error.ts";
import { realNetwork } from "./real_layers.ts";
import type { Recording } from "./recording.ts";

/** Most weights and biases of a network: 64 KB with 16 bits each, in pairs of 8 bytes. Source: choice. */
export const MOST_WEIGHTS = 16_384;

/** Most units of a layer: their sums take 1 KB of a kernel's stack, which has 8 to 16. Source: choice. */
export const MOST_UNITS = 128;

/**
 * Refuses a network that is too large for a kernel, or whose actions have no form in C.
 *
 * @param where names the policy in the message
 * @throws UsageError
 */
export function assertExportable(policy: NetworkPolicy, where: string): void {
  assertActions(policy, where);
  const { layers } = realNetwork(policy);
  const weights = layers.reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0);
  if (weights > MOST_WEIGHTS) {
    throw new UsageError(`${where} has a network of ${weights} weights: at most ${MOST_WEIGHTS} can be exported`);
  }
  const widest = Math.max(...layers.map(({ outputs }) => outputs));
  if (widest > MOST_UNITS) {
    throw new UsageError(`${where} has a layer of ${widest} units: at most ${MOST_UNITS} can be exported`);
  }
}

/**
 * Refuses actions that have no exported form.
 *
 * @param where names the policy in the message
 * @throws UsageError
 */
export function assertActions({ actionSpace }: NetworkPolicy, where: string): void {
  if (actionSpace.kind === "box" || alternatives(actionSpace) !== null) return;
  throw new UsageError(`${where} acts in ${actionSpace}: only Box, Discrete and MultiDiscrete can be exported`);
}

/**
 * Refuses features whose ranges are not known.
 *
 * @param names what each feature is
 * @param where names the policy in the message
 * @throws UsageError
 */
export function assertRecorded(
  names: readonly string[],
  { low, high }: Pick<Recording, "low" | "high">,
  where: string,
): void {
  for (const [i, name] of names.entries()) {
    if (low[i] <= high[i]) continue;
    throw new UsageError(
      `the range of feature ${i} (${name}) was never recorded: ${where} had no choice in any recorded decision`,
    );
  }
  if (names.every((_, i) => low[i] === high[i])) {
    throw new UsageError(`no feature ever changed while ${where} was recorded: there is nothing to decide from`);
  }
}
