import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONGESTION_OBSERVATION_LIMIT } from "../../../envs/congestion/observation.ts";
import { openCongestionFile } from "../../../harness/problems/congestion.ts";
import { CongestionKernel } from "../../../kernel/congestion/congestion.ts";
import {
  always,
  askedOf,
  beginAt,
  beginning,
  columnOf,
  FEATURES,
  handRule,
  heuristic,
  ID,
  make,
  play,
  playOn,
  ROWS,
  randomly,
  SMALL,
  workloadOf,
} from "./play.ts";

/** Two queue pairs to one host from different ones. */
const PAIR = workloadOf(3, [
  { src: 0, dst: 2, bytes: 1_000_000 },
  { src: 1, dst: 2, bytes: 1_000_000, start: 7000 },
]);

describe("an episode", () => {
  it("gives arrays of all rows, within the spaces, and zeros in rows that are not asked", () => {
    for (const workload of ["incast", "websearch", "smc", "ring"]) {
      const env = make();
      const { observation, info } = env.reset({ seed: 3, options: { workload } });
      expect(info.workload).toBe(workload);
      expect(observation).toEqual(env.observe());
      playOn(env, randomly(2), (_, reward) => {
        const seen = env.observe();
        const mask = env.actionMask();
        expect([reward.length, seen.length, mask.length]).toEqual([ROWS, ROWS * FEATURES, ROWS]);
        expect(seen.every((value) => Math.abs(value) <= CONGESTION_OBSERVATION_LIMIT)).toBe(true);
        const wrong = mask.findIndex((asked, row) => {
          const own = seen.subarray(row * FEATURES, (row + 1) * FEATURES);
          return own[0] !== asked || (asked === 0 && own.some((value) => value !== 0));
        });
        expect(wrong).toBe(-1);
      });
    }
  });

  it("is played alike whatever its environment played before", () => {
    const env = make();
    env.reset({ seed: 6, options: { workload: "websearch", information: "int,ecn" } });
    playOn(env, randomly(1));
    env.reset({ seed: 7, options: SMALL });
    expect(playOn(env, handRule())).toEqual(play(handRule()));
  });

  it("meets the same messages whatever was decided before", () => {
    const workloads = [always(0), randomly(1)].map((policy) => {
      const env = make();
      env.reset({ seed: 4, options: { workload: "websearch" } });
      playOn(env, policy);
      env.reset();
      const { name, messages, smc } = env.kernel.scenario.workload;
      return { name, messages, smc, seed: env.kernel.seed };
    });
    expect(workloads[1]).toEqual(workloads[0]);
  });

  it("is stopped in the end, whatever rows want", () => {
    const env = make();
    env.reset({ seed: 1, options: { workload: PAIR, limit_us: 300 } });
    const { metrics } = playOn(env, always(-1));
    expect(env.kernel.time).toBe(300_000);
    expect(metrics.finished).toBe(0);
    expect(() => env.step(new Float32Array(ROWS))).toThrow(`${ID}: no episode is running; call reset first`);
    expect(env.actionMask().every((one) => one === 0)).toBe(true);
  });
});

describe("rows are asked", () => {
  it.each([
    [0, "incast"],
    [0.5, "websearch"],
    [0.5, "smc"],
    [20, "bursts"],
    [100, "long-short"],
  ])(
    "once a round trip, at least a base round trip and the time of a decision (%f us) apart: %s",
    (decision_us, workload) => {
      const env = make();
      env.reset({ seed: 2, options: { workload, decision_us } });
      const { view } = env.kernel;
      const last = new Float64Array(ROWS);
      const trips = new Int32Array(ROWS);
      let again = 0;
      let resumed = 0;
      const policy = handRule();
      playOn(env, (observation) => {
        const rows = askedOf(view);
        expect(rows.length).toBeGreaterThan(0);
        expect(new Set(rows).size).toBe(rows.length);
        for (const row of rows) {
          const count = view.roundTrips.count[row];
          // Between two messages a queue pair is asked as often as it goes on, with or without another round trip.
          if (view.roundTrips.resumed[row] === 1) {
            resumed++;
            expect([trips[row], trips[row] + 1]).toContain(count);
          } else if (count > 0) {
            again++;
            const least = view.queuePairs.base[row] + 1000 * decision_us;
            expect(view.time - last[row]).toBeGreaterThanOrEqual(least);
            expect(count).toBe(trips[row] + 1);
          }
          last[row] = view.time;
          trips[row] = count;
        }
        return policy(observation, env);
      });
      expect(again).toBeGreaterThan(20);
      expect(resumed > 0).toBe(["smc", "bursts", "long-short"].includes(workload));
    },
  );

  it("as the mask says, and what others do is ignored", () => {
    const env = make();
    env.reset({ seed: 5, options: { workload: "two-senders" } });
    const other = env.fork();
    const policy = handRule();
    const random = randomly(3);
    let idle = 0;
    playOn(env, (observation) => {
      const mask = env.actionMask();
      expect(mask).toHaveLength(ROWS);
      expect([...mask.keys()].filter((row) => mask[row] === 1)).toEqual(askedOf(env.kernel.view).sort((a, b) => a - b));
      const actions = policy(observation, env);
      const noise = random(observation, env);
      mask.forEach((asked, row) => {
        if (asked === 0) idle++;
        else noise[row] = actions[row];
      });
      other.step(noise);
      return actions;
    });
    expect(idle).toBeGreaterThan(0);
    expect(other.metrics()).toEqual(env.metrics());
  });

  it("and told which of them begin", () => {
    const env = make();
    const { info } = env.reset({ seed: 1, options: { workload: PAIR } });
    expect(info.began).toEqual([0]);
    const began: number[] = [];
    playOn(env, always(0, beginAt(0.2)), (one) => {
      expect(one.began).toEqual(beginning(env.kernel.view));
      for (const row of one.began as number[]) {
        began.push(row);
        expect(env.kernel.time).toBe(7000);
        expect(env.observe()[row * FEATURES + columnOf("1: it has just begun")]).toBe(1);
      }
    });
    expect(began).toEqual([1]);
  });

  it("anew where a connection was idle for long, and whether to go on as before where it was not so long", () => {
    const messages = [0, 150_000, 600_000].map((start) => ({ src: 0, dst: 1, start, connection: 0 }));
    const beginnings = [0, 60_000].map((shift) => {
      const env = make();
      const moved = messages.map((one, i) => ({ ...one, start: i === 1 ? one.start - shift : one.start }));
      const { info } = env.reset({ seed: 1, options: { workload: workloadOf(2, moved) } });
      const times = (info.began as number[]).map(() => 0);
      playOn(env, always(0, 1), ({ clock, began }) => {
        for (const _ of began as number[]) times.push(clock as number);
      });
      return times;
    });
    expect(beginnings).toEqual([
      [0, 150_000, 600_000],
      [0, 600_000],
    ]);
  });

  it("at once when they go on after they were idle, before anything is sent", () => {
    const env = make();
    const messages = [0, 90_000].map((start) => ({ src: 0, dst: 1, start, connection: 0 }));
    env.reset({ seed: 1, options: { workload: workloadOf(2, messages) } });
    const goesOn = columnOf("1: it goes on");
    const { queuePairs } = env.kernel.view;
    const times: number[] = [];
    playOn(env, (observation) => {
      if (observation[goesOn] === 0) return always(0, 1)(observation, env);
      times.push(env.kernel.time);
      expect(queuePairs.sent[0]).toBe(100_000);
      const kept = queuePairs.rate[0];
      const copy = env.fork();
      copy.step(always(-0.3)(observation, env));
      const factor = copy.kernel.view.queuePairs.rate[0] / kept;
      expect(factor).toBeCloseTo(Math.exp(Math.fround(-0.3)), 12);
      return always(-0.3)(observation, env);
    });
    expect(times).toEqual([90_000]);
  });
});

describe("a program", () => {
  it.each(["dcqcn", "hpcc", "delay-target", "dctcp-tuned"])("costs the same as in the bare kernel: %s", (name) => {
    for (const workload of ["incast", "websearch", "smc"]) {
      const env = make();
      env.reset({ seed: 3, options: { workload } });
      const kernel = new CongestionKernel();
      kernel.reset(env.kernel.scenario, env.kernel.seed);
      const policy = heuristic(name);
      const { cost, steps } = playOn(env, policy);
      expect(steps).toBe(1);
      while (!kernel.done) kernel.decide(policy.decide(kernel.view));
      expect(cost).toBe(kernel.cost);
    }
  });

  it("decides as the same rule does by actions, but for the time that a decision takes there", () => {
    const workloads = ["lone", "incast", "two-senders", "staggered", "bursts", "websearch", "ring", "smc", "mixed-rtt"];
    for (const workload of workloads) {
      const options = { workload, decision_us: 0 };
      const [acted, ran] = [handRule(), heuristic("delay-target")].map((policy) => play(policy, options, 11));
      expect(Math.abs(acted.cost - ran.cost), workload).toBeLessThan(0.02 + 0.1 * ran.cost);
    }
  });
});

describe("a workload of one's own", () => {
  it("is played as it is", () => {
    const env = make();
    const { info } = env.reset({ seed: 1, options: { workload: PAIR } });
    expect(info.workload).toBe("own");
    const { metrics } = playOn(env, handRule());
    expect(env.workload).toBe("own");
    expect(metrics).toMatchObject({ messages: 2, finished: 2, drops: 0 });
  });

  it("may come from a file of flows", () => {
    const folder = mkdtempSync(join(tmpdir(), "flows-"));
    const path = join(folder, "three.flows");
    writeFileSync(path, "# src dst bytes start\n0 3 200000 0\n1 3 200000 0.00001\n2 3 50000 0.00002\n");
    const workload = openCongestionFile(path, { gbps: 200 })!;
    rmSync(folder, { recursive: true });
    const env = make();
    env.reset({ seed: 1, options: { workload } });
    expect(env.workload).toBe("three");
    const { metrics } = playOn(env, handRule());
    expect(metrics).toMatchObject({ messages: 3, finished: 3 });
    expect(env.kernel.view.queuePairs.line[0]).toBe(25);
  });
});

describe("a fork", () => {
  it.each(["target", "cost", "rl-cc"])("shows, earns and does the same in the middle of an episode (%s)", (reward) => {
    for (const workload of ["websearch", "smc", "bursts"]) {
      const env = make();
      env.reset({ seed: 1, options: { workload, reward, information: "ecn,int,remaining,senders" } });
      const policy = randomly(5);
      for (let i = 0; i < 50; i++) env.step(policy(env.observe(), env));
      const copy = env.fork();
      expect(copy.observe()).toEqual(env.observe());
      expect(copy.actionMask()).toEqual(env.actionMask());
      expect(copy.render()).toBe(env.render());
      const rewards = [copy, env].map((one) => {
        const earned: Float32Array[] = [];
        const played = playOn(one, randomly(3), (_, got) => {
          earned.push(got);
        });
        return { earned, played };
      });
      expect(rewards[1]).toEqual(rewards[0]);
      copy.reset();
      env.reset();
      expect(copy.observe()).toEqual(env.observe());
      expect(copy.workload).toBe(env.workload);
    }
  });
});
