import { describe, expect, it } from "vitest";
import { rlCcSignal } from "../../../envs/congestion/observation.ts";
import { always, askedOf, byRow, columnOf, FEATURES, handRule, make, playOn, ROWS, randomly } from "./play.ts";

describe("what a row sees", () => {
  /** Every row that is seen, with whom it belongs to, through an episode. */
  const shown = (options: Record<string, unknown>, policy = handRule()) => {
    const env = make();
    env.reset({ seed: 9, options: { workload: "incast", senders: 6, bytes: 400_000, ...options } });
    const out: { values: Float32Array; fresh: boolean }[] = [];
    playOn(env, (observation) => {
      for (const index of askedOf(env.kernel.view)) {
        const values = observation.slice(index * FEATURES, (index + 1) * FEATURES);
        out.push({ values, fresh: values[1] === 1 });
      }
      return policy(observation, env);
    });
    return out;
  };
  const OPTIONAL = {
    ecn: ["`ecn`"],
    int: ["`int`: utilisation", "`int`: ln"],
    remaining: ["`remaining`"],
    senders: ["`senders`"],
  };
  const column = (rows: ReturnType<typeof shown>, start: string) => rows.map(({ values }) => values[columnOf(start)]);

  it.each(Object.entries(OPTIONAL))("has %s when it is asked for, and zeros otherwise", (name, starts) => {
    const others = Object.keys(OPTIONAL).filter((other) => other !== name);
    const [withIt, without] = [name, others.join(",")].map((information) => shown({ information }, always(0, 1)));
    for (const start of starts) {
      expect(
        column(without, start).every((value) => value === 0),
        start,
      ).toBe(true);
      expect(
        column(withIt, start).some((value) => value !== 0),
        start,
      ).toBe(true);
    }
  });

  it("says what switches mark, how full links are, what is left and who shares the link", () => {
    const rows = shown({ information: "ecn,int,remaining,senders", window: 0 }, always(0, 1)).filter(
      ({ fresh }) => !fresh,
    );
    const marked = column(rows, "`ecn`");
    expect(Math.max(...marked)).toBe(1);
    expect(Math.min(...marked)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...column(rows, "`int`: utilisation"))).toBeGreaterThan(0.95);
    expect(Math.max(...column(rows, "`int`: utilisation"))).toBeLessThan(1.2);
    expect(Math.max(...column(rows, "`int`: ln"))).toBeGreaterThan(Math.log(5));
    expect(Math.max(...column(rows, "`senders`"))).toBeCloseTo(Math.log(6) / 3, 6);
    const left = column(rows, "`remaining`");
    expect(left[0]).toBeGreaterThan(left.at(-1)!);
  });

  it("counts a queue pair itself among those that share its link, also between two messages", () => {
    for (const workload of ["bursts", "smc", "lone"]) {
      const senders = column(
        shown({ workload, senders: undefined, bytes: undefined, information: "senders" }),
        "`senders`",
      );
      expect(Math.min(...senders), workload).toBe(0);
    }
  });

  it("is the round trip, the rate and what it did, as the kernel has them", () => {
    const env = make();
    env.reset({ seed: 9, options: { workload: "mixed-rtt" } });
    const previous = new Float32Array(ROWS);
    const before = new Float32Array(ROWS);
    const random = randomly(8);
    let compared = 0;
    playOn(env, (observation) => {
      const { queuePairs, roundTrips } = env.kernel.view;
      const actions = random(observation, env);
      for (const row of askedOf(env.kernel.view)) {
        const fresh = roundTrips.count[row] === 0;
        const [line, base, rate] = [queuePairs.line[row], queuePairs.base[row], queuePairs.rate[row]];
        const seen = (start: string) => observation[row * FEATURES + columnOf(start)];
        if (!fresh) {
          compared++;
          expect(seen("ln(round-trip time / base)")).toBeCloseTo(Math.log(roundTrips.rtt[row] / base), 5);
          expect(seen("ln(round-trip time / base)")).toBeGreaterThan(-1e-6);
          expect(seen("ln(rate / line)")).toBeCloseTo(Math.log(rate / line) / 3, 5);
          expect(seen("1: it goes on")).toBe(roundTrips.resumed[row]);
          expect(seen("previous action")).toBe(previous[row]);
          expect(seen("action before that")).toBe(before[row]);
        }
        before[row] = fresh ? 0 : previous[row];
        previous[row] = fresh ? 0 : actions[row];
      }
      return actions;
    });
    expect(compared).toBeGreaterThan(100);
  });

  it("is RL-CC's four numbers by that option, and nothing of the others", () => {
    const rows = shown(
      { observation: "rl-cc", map: "rl-cc" },
      byRow((row) => (row[1] === 1 ? 0.9 : Math.max(-1, Math.min(1, -row[10])))),
    );
    const own = [
      "1: it is asked",
      "1: it has just",
      "previous action",
      "action before that",
      "`rl-cc`: s",
      "`rl-cc`: s of",
    ];
    const kept = new Set(own.map((start) => (start === "`rl-cc`: s" ? 10 : columnOf(start))));
    let nonzero = 0;
    for (const { values } of rows) {
      values.forEach((value, i) => {
        if (!kept.has(i)) expect(value).toBe(0);
      });
      if (values[10] !== 0) nonzero++;
      expect(values[10]).toBeGreaterThanOrEqual(-0.8 - 1e-6);
    }
    expect(nonzero).toBeGreaterThan(20);
  });

  it("of RL-CC is what its formula says, and that of the round trip before", () => {
    // 12.5 (max(rtt / base - 1.5, 0) sqrt(rate) - 0.064).
    expect(rlCcSignal(1, 1)).toBeCloseTo(-0.8, 12);
    expect(rlCcSignal(2.5, 0.25)).toBeCloseTo(12.5 * (0.5 - 0.064), 12);
    const env = make();
    env.reset({
      seed: 9,
      options: { workload: "incast", senders: 8, bytes: 400_000, observation: "rl-cc", window: 0 },
    });
    const last = new Float32Array(ROWS);
    let compared = 0;
    playOn(env, (observation) => {
      const { queuePairs, roundTrips } = env.kernel.view;
      for (const row of askedOf(env.kernel.view)) {
        const at = row * FEATURES;
        const fresh = roundTrips.count[row] === 0;
        const s = rlCcSignal(roundTrips.rtt[row] / queuePairs.base[row], queuePairs.rate[row] / queuePairs.line[row]);
        if (!fresh) {
          expect(observation[at + 10]).toBeCloseTo(Math.min(10, s), 5);
          expect(observation[at + 11]).toBeCloseTo(last[row], 5);
          compared++;
        }
        last[row] = fresh ? 0 : Math.min(10, s);
      }
      return always(0, 1)(observation, env);
    });
    expect(compared).toBeGreaterThan(10);
  });
});
