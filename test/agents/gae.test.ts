import { expect, test } from "vitest";
import { generalisedAdvantages, NONE, UNKNOWN } from "../../agents/gae.ts";

test("equals a case computed by hand: running, terminated, truncated", () => {
  // Three steps of three rows, gamma 0.5, lambda 0.8 (gamma * lambda = 0.4). Row 0 runs on, row 1 terminates after its
  // second step, row 2 is truncated after its second step with a final observation of value 10.
  const rollout = {
    count: 9,
    next: Int32Array.of(3, 4, 5, 6, NONE, NONE, NONE, NONE, NONE),
    rewards: Float32Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3),
    values: Float32Array.of(4, 4, 4, 6, 6, 6, 8, 8, 8),
    nextValues: Float32Array.of(6, 6, 6, 8, 0, 10, 2, 2, 2),
    ended: Uint8Array.of(0, 0, 0, 0, 1, 1, 0, 0, 0),
  };
  const advantages = new Float32Array(9);
  generalisedAdvantages(rollout, 0.5, 0.8, advantages);
  // Last step: 3 + 0.5 * 2 - 8 = -4 for all.
  // Second: 2 + 0.5 * 8 - 6 + 0.4 * -4 = -1.6; terminated 2 - 6 = -4; truncated 2 + 0.5 * 10 - 6 = 1.
  // First: 1 + 0.5 * 6 - 4 = 0, plus 0.4 times the above: -0.64, -1.6, 0.4.
  const expected = [-0.64, -1.6, 0.4, -1.6, -4, 1, -4, -4, -4];
  advantages.forEach((advantage, i) => {
    expect(advantage).toBeCloseTo(expected[i], 6);
  });
});

test("lambda 1 gives the discounted return minus the value", () => {
  const rollout = {
    count: 3,
    next: Int32Array.of(1, 2, NONE),
    rewards: Float32Array.of(1, 2, 3),
    values: Float32Array.of(5, 6, 7),
    nextValues: Float32Array.of(6, 7, 0),
    ended: Uint8Array.of(0, 0, 1),
  };
  const advantages = new Float32Array(3);
  generalisedAdvantages(rollout, 0.9, 1, advantages);
  expect(advantages[0]).toBeCloseTo(1 + 0.9 * 2 + 0.81 * 3 - 5, 5);
  expect(advantages[1]).toBeCloseTo(2 + 0.9 * 3 - 6, 5);
  expect(advantages[2]).toBeCloseTo(3 - 7, 5);
});

test("follows each row from decision to decision; a last decision with an unknown future has advantage 0", () => {
  // Row A has samples 0, 2 and 3; what followed sample 3 is unknown. Row B has sample 1.
  const rollout = {
    count: 4,
    rewards: Float32Array.of(1, 1, 2, 50),
    values: Float32Array.of(4, 3, 6, 8),
    nextValues: Float32Array.of(6, 5, 8, 1000),
    ended: Uint8Array.of(0, 0, 0, 0),
    next: Int32Array.of(2, NONE, 3, UNKNOWN),
  };
  const advantages = new Float32Array(4);
  generalisedAdvantages(rollout, 0.5, 0.8, advantages);
  const second = 2 + 0.5 * 8 - 6;
  const expected = [1 + 0.5 * 6 - 4 + 0.4 * second, 1 + 0.5 * 5 - 3, second, 0];
  advantages.forEach((advantage, i) => {
    expect(advantage).toBeCloseTo(expected[i], 6);
  });
});
