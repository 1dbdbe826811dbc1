import { describe, expect, it } from "vitest";
import { rlCcSignal } from "../../../envs/congestion/observation.ts";
import { CongestionRewards } from "../../../envs/congestion/rewards.ts";
import type { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import { QueuePairTable } from "../../../kernel/congestion/queue_pair_table.ts";
import { RoundTrips } from "../../../kernel/congestion/round_trips.ts";
import { always, askedOf, beginAt, handRule, make, playOn, ROWS, randomly, SMALL, workloadOf } from "./play.ts";

/** What one round trip earns a queue pair: its rate in shares of the line, and times in base round trips. */
function earned(kind: "target" | "rl-cc", of: { share: number; inflation: number; duration?: number; bytes?: number }) {
  const { share, inflation, duration = 1, bytes = 1e6 } = of;
  const queuePairs = new QueuePairTable();
  const roundTrips = new RoundTrips();
  queuePairs.grow(1);
  roundTrips.grow(1);
  queuePairs.line[0] = 12.5;
  queuePairs.base[0] = 5000;
  queuePairs.rate[0] = 12.5 * share;
  queuePairs.acked[0] = 0.3 * bytes;
  queuePairs.remaining[0] = 0.7 * bytes;
  roundTrips.rtt[0] = 5000 * inflation;
  roundTrips.duration[0] = 5000 * duration;
  const connections = { tcp: [0, 1], connection: [0, 1] };
  const kernel = { connections, view: { queuePairs, roundTrips } } as unknown as CongestionKernel;
  const rewards = new CongestionRewards(2, kernel, kind);
  rewards.note(0);
  // A row beyond those of the environment earns nothing.
  rewards.note(5);
  const taken = rewards.take();
  expect(taken).toHaveLength(2);
  expect(taken[1]).toBe(0);
  expect(rewards.take()).toEqual(new Float32Array(2));
  return taken[0];
}

describe("`target`", () => {
  it("is 0 where the round trip is exp(0.07) x share^-0.24 base round trips", () => {
    for (const share of [1, 0.3, 0.01]) {
      expect(earned("target", { share, inflation: Math.exp(0.07) * share ** -0.24 })).toBeCloseTo(0, 6);
    }
  });

  it("is less on either side of it, by the logarithm, thrice that below, and by the time it took", () => {
    const target = Math.exp(0.07) * 0.3 ** -0.24;
    const at = (factor: number, duration: number) =>
      earned("target", { share: 0.3, inflation: factor * target, duration });
    expect(at(1.2, 1)).toBeCloseTo(-Math.log(1.2), 6);
    expect(at(1 / 1.2, 1)).toBeCloseTo(-3 * Math.log(1.2), 6);
    expect(at(1.44, 1)).toBeCloseTo(2 * at(1.2, 1), 6);
    expect(at(1.2, 3)).toBeCloseTo(3 * at(1.2, 1), 6);
  });

  it("is the same whatever a message is long", () => {
    const at = (bytes: number) => earned("target", { share: 0.3, inflation: 2, bytes });
    expect(at(1e4)).toBe(at(1e7));
  });

  it("is lost by a lone queue pair that holds back, the more the longer that takes", () => {
    const total = (share: number) => {
      const env = make();
      env.reset({ seed: 1, options: { workload: workloadOf(2, [{ src: 0, dst: 1, bytes: 4_000_000 }]) } });
      expect(env.costPerReward).toBeNull();
      let sum = 0;
      playOn(env, always(0, beginAt(share)), (_, reward) => {
        expect(reward.subarray(1).every((one) => one === 0)).toBe(true);
        sum += reward[0];
      });
      return { sum, time: env.kernel.time };
    };
    const base = 4672.64;
    for (const share of [1, 0.5, 0.1]) {
      const { sum, time } = total(share);
      const each = 3 * (0.07 - 0.24 * Math.log(share));
      expect(sum / (-(time / base) * each), `${share}`).toBeCloseTo(1, 1);
    }
  });

  it("is earned by rows that are asked only, not by those of TCP", () => {
    const env = make();
    env.reset({ seed: 3, options: { workload: "smc-mix" } });
    const asked = new Set<number>();
    const policy = handRule();
    let used = 0;
    playOn(
      env,
      (observation) => {
        for (const row of askedOf(env.kernel.view)) asked.add(row);
        used = Math.max(used, env.kernel.view.queuePairs.count);
        return policy(observation, env);
      },
      (_, reward) => {
        reward.forEach((one, row) => {
          if (one !== 0) expect(asked).toContain(row);
        });
      },
    );
    expect(used).toBeGreaterThan(asked.size);
  });

  it("is less for actions at random than for the hand rule", () => {
    for (const workload of ["incast", "two-senders", "websearch", "smc"]) {
      const [rule, random] = [handRule(), randomly(1)].map((policy) => {
        const env = make();
        env.reset({ seed: 4, options: { workload } });
        return playOn(env, policy).return;
      });
      expect(random, workload).toBeLessThan(2 * rule);
    }
  });
});

describe("`rl-cc`", () => {
  it("is minus the square of what its formula says", () => {
    for (const [share, inflation] of [
      [1, 1],
      [0.25, 2.5],
      [0.01, 8],
    ]) {
      const s = 12.5 * (Math.max(0, inflation - 1.5) * Math.sqrt(share) - 0.064);
      expect(earned("rl-cc", { share, inflation })).toBeCloseTo(-s * s, 4);
      expect(earned("rl-cc", { share, inflation, duration: 7 })).toBeCloseTo(-s * s, 4);
    }
  });

  it("is earned for every round trip, whoever decides", () => {
    const env = make();
    env.reset({ seed: 2, options: { ...SMALL, reward: "rl-cc" } });
    expect(env.costPerReward).toBeNull();
    const { queuePairs, roundTrips } = env.kernel.view;
    const inner = env.kernel.onRoundTrip!;
    let expected = 0;
    env.kernel.onRoundTrip = (row) => {
      inner(row);
      const [inflation, share] = [
        roundTrips.rtt[row] / queuePairs.base[row],
        queuePairs.rate[row] / queuePairs.line[row],
      ];
      expected -= rlCcSignal(inflation, share) ** 2;
    };
    const { return: total } = playOn(env, handRule());
    expect(expected).toBeLessThan(-1);
    expect(total / expected).toBeCloseTo(1, 4);
  });
});

describe("`cost`", () => {
  it("adds up to -cost in every row", () => {
    for (const [seed, workload] of ["incast", "websearch", "smc", "ring"].entries()) {
      const env = make();
      env.reset({ seed, options: { workload, reward: "cost" } });
      expect(env.costPerReward).toBe(1);
      const sums = new Float64Array(ROWS);
      const { cost } = playOn(env, randomly(seed), (_, reward) => {
        for (let row = 0; row < ROWS; row++) sums[row] += reward[row];
      });
      expect(Math.max(...sums.map((sum) => Math.abs(sum + cost)))).toBeLessThan(1e-4);
    }
  });
});
