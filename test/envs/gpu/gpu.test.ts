import { describe, expect, it } from "vitest";
import { HEURISTIC_US } from "../../../baselines/gpu/heuristic_decision.ts";
import { GPU_CHOICES, GPU_MASK_SIZE, takeStance } from "../../../envs/gpu/actions.ts";
import { GPU_DRAWS } from "../../../envs/gpu/episode.ts";
import { GpuPlanner } from "../../../kernel/gpu/planner.ts";
import { createStance } from "../../../kernel/gpu/stance.ts";
import { TICK_NS } from "../../../kernel/gpu/view.ts";
import {
  allows,
  alternativeOf,
  always,
  choiceOf,
  ID,
  make,
  mixed,
  periodic,
  plain,
  play,
  playOn,
  randomly,
  SMALL,
} from "./play.ts";

const MS = 1_000_000;
const ROWS = 10;
const CHOICES = GPU_CHOICES.length;

describe("an episode", () => {
  it("takes shortest timeslices of 1 and 1,000 us in turn, with the seed and with the episode", () => {
    const env = make();
    const conditions: (string | null)[] = [];
    for (const seed of [0, 1, 2, 3]) {
      const { info } = env.reset({ seed, options: SMALL });
      expect(env.condition).toBe(`slices from ${info.min_slice_us} us`);
      conditions.push(env.condition);
    }
    for (let i = 0; i < 2; i++) {
      env.reset({ options: SMALL });
      conditions.push(env.condition);
    }
    const [free, long] = ["slices from 1 us", "slices from 1000 us"];
    expect(conditions).toEqual([free, long, free, long, free, long]);
  });

  it("draws GPU and control latency within their ranges, the latter never twice", () => {
    const env = make();
    const { architectures, controlNs } = GPU_DRAWS;
    for (const [workload, split] of [
      ["crowd", "train"],
      ["tenants", "test"],
    ] as const) {
      const seen = { architecture: new Set<string>(), controlNs: new Set<number>() };
      for (let seed = 0; seed < 60; seed++) {
        env.reset({ seed, options: { ...SMALL, workload } });
        const { scenario } = env.kernel;
        expect(scenario.controlNs).toBeGreaterThanOrEqual(controlNs.min);
        expect(scenario.controlNs).toBeLessThanOrEqual(controlNs.max);
        expect(scenario.coldNs).toBe(0);
        seen.architecture.add(scenario.architecture.name);
        seen.controlNs.add(scenario.controlNs);
      }
      expect([...seen.architecture].sort()).toEqual([...architectures[split]].sort());
      expect(seen.controlNs.size).toBe(60);
    }
  });

  it("meets the same groups, GPU and driver whatever was decided before", () => {
    const scenarios = [plain(), randomly(1)].map((policy) => {
      const env = make();
      env.reset({ seed: 4, options: SMALL });
      playOn(env, policy);
      env.reset({ options: SMALL });
      return structuredClone(env.kernel.scenario);
    });
    expect(scenarios[1]).toEqual(scenarios[0]);
  });

  it("is played alike whatever its environment played before", () => {
    const env = make();
    env.reset({ seed: 6, options: { workload: "lone", duration_ms: 25 } });
    playOn(env, always({ context: "shared", reserve: "linger" }, { means: "poll", turn: "always" }));
    env.reset({ seed: 7, options: SMALL });
    expect(playOn(env, plain())).toEqual(play(plain()));
  });

  it("lasts 400 ms, and asks at every millisecond", () => {
    const env = make();
    env.reset({ seed: 1, options: { workload: "lone" } });
    const ticks = new Set<number>();
    playOn(env, (running) => {
      if (running.kernel.time % TICK_NS === 0) ticks.add(running.kernel.time);
      return plain()(running);
    });
    expect(env.kernel.time).toBe(400 * MS);
    expect(ticks.size).toBe(400);
  });
});

describe("the reward", () => {
  it("adds up to 100 x (1 - cost), and is the same for all rows", () => {
    for (const [seed, workload] of ["crowd", "lone", "llm-conv-pair", "open-effort", "tenants"].entries()) {
      const env = make();
      env.reset({ seed, options: { workload, duration_ms: 60 } });
      const played = playOn(env, randomly(seed), ({ clock, cost, charged }, reward) => {
        expect(reward).toHaveLength(ROWS);
        expect(new Set(reward).size).toBe(1);
        expect(cost).toBe(env.cost);
        const { busy, spin, switching, idle } = charged as Record<string, number>;
        expect(busy + spin + switching + idle).toBe(clock);
      });
      expect(played.return).toBeCloseTo(100 * (1 - played.cost), 3);
      expect(env.costPerReward).toBe(0.01);
    }
  });

  it("is that of decisions where a planner makes the same ones", () => {
    for (const [seed, decision_us] of [
      [3, HEURISTIC_US],
      [4, 25],
    ]) {
      const wishes = always({ reserve: "tight", release: "resident" }, { means: "disable", mode: "thread-block" });
      const options = { workload: "pair-mixed", duration_ms: 100, decision_us };
      const stepped = play(wishes, options, seed);

      const env = make();
      env.reset({ seed, options });
      const { view } = env.kernel;
      const stance = createStance(view.critical);
      const planner = new GpuPlanner();
      const action = wishes(env);
      for (let g = 0; g < view.groups; g++) takeStance(stance, g, view.critical[g] === 1, action, g * CHOICES);
      let total = 0;
      for (;;) {
        const decision = planner.plan(view, stance);
        decision.microseconds = view.event === "wake-up" ? 1 : decision_us;
        const { reward, terminated } = env.decide(decision);
        total += reward[0];
        if (terminated) break;
      }
      expect(env.cost).toBe(stepped.cost);
      expect(env.metrics()).toEqual(stepped.metrics);
      expect(total).toBeCloseTo(stepped.return, 3);
    }
  });
});

describe("a step", () => {
  it("passes over wake-ups, at which the planner takes the GPU and lets it go", () => {
    const spin = ["hint", "none"].map((reserve) => {
      const env = make();
      env.reset({ seed: 1, options: { workload: mixed(), min_slice_us: 1, control_us: 20, architecture: "a100" } });
      const { metrics } = playOn(env, always({ reserve, lead: "x 1.5" }, {}), () => {
        expect(env.kernel.view.event).not.toBe("wake-up");
      });
      return metrics.spin_time_us;
    });
    // Kept shortly before each of six launches, at times that are no decision points.
    expect(spin[0]).toBeGreaterThan(6 * 5);
    expect(spin[0]).toBeLessThan(6 * 200);
    expect(spin[1]).toBe(0);
  });

  it("does not pass over a tick at which a wake-up is due as well", () => {
    const env = make();
    const options = { min_slice_us: 1, control_us: 20, architecture: "a100" };
    const probe = make();
    probe.reset({ seed: 1, options: { ...options, workload: mixed() } });
    const { view } = probe.kernel;
    const stance = createStance(view.critical);
    const action = plain()(probe);
    for (let g = 0; g < view.groups; g++) takeStance(stance, g, view.critical[g] === 1, action, g * CHOICES);
    const planner = new GpuPlanner();
    planner.plan(view, stance);
    const lead = planner.lead(view, stance);
    expect(Number.isInteger(lead)).toBe(true);

    const durationNs = 30 * MS;
    const { groups, ...rest } = mixed(durationNs);
    // Whose launch is a lead behind 10 ms, where best effort may choose anew.
    const critical = periodic(durationNs, 10 * MS - 500_000 + lead);
    env.reset({ seed: 1, options: { ...options, workload: { ...rest, groups: [critical, ...groups.slice(1)] } } });
    const asked: number[] = [];
    playOn(env, plain(), () => {
      asked.push(env.kernel.time);
    });
    expect(asked).toContain(10 * MS - 500_000 + lead);
    expect(asked).toContain(10 * MS);
  });
});

describe("masks", () => {
  it("let a group make the choices of its kind when it is asked, and leave what stands of all else", () => {
    const env = make();
    env.reset({ seed: 3, options: { workload: mixed() } });
    const choose = randomly(1);
    let held = new Int32Array(ROWS * CHOICES);
    const policy = () => {
      const { view } = env.kernel;
      const mask = env.actionMask();
      expect(mask).toHaveLength(ROWS * GPU_MASK_SIZE);
      let at = 0;
      for (let row = 0; row < ROWS; row++) {
        GPU_CHOICES.forEach(({ critical, once, name, alternatives }, choice) => {
          const asked = critical ? !once || view.time === 0 : view.time % (10 * MS) === 0;
          const mine = row < view.groups && critical === (view.critical[row] === 1) && asked;
          const all = alternatives.length - (name === "mode" && row === 2 ? 1 : 0);
          const allowed = mask.subarray(at, at + alternatives.length);
          const message = `row ${row}, ${name}, ${view.time} ns`;
          const count = allowed.reduce((sum, one) => sum + one, 0);
          expect(count, message).toBe(mine ? all : 1);
          if (!mine) expect(allowed[held[row * CHOICES + choice]], message).toBe(1);
          at += alternatives.length;
        });
      }
      held = choose(env) as typeof held;
      return held;
    };
    const decisions: number[] = [];
    playOn(env, policy, () => {
      decisions.push(env.kernel.time);
    });
    expect(decisions.length).toBeGreaterThan(35);
    expect(decisions).toEqual(expect.arrayContaining([10 * MS, 20 * MS]));
  });

  it("hide instruction-level preemption from a group that does not have it", () => {
    const env = make();
    env.reset({ seed: 3, options: { workload: mixed() } });
    const mode = choiceOf("mode");
    const numbers = ["instruction", "thread-block", "wait-for-idle"].map((name) => alternativeOf("mode", name));
    expect(numbers.map((number) => allows(env, 1, mode, number))).toEqual([true, true, true]);
    expect(numbers.map((number) => allows(env, 2, mode, number))).toEqual([false, true, true]);
  });

  it("are enforced by an error that names row and choice", () => {
    const env = make();
    env.reset({ seed: 3, options: { workload: mixed() } });
    const first = plain()(env);
    const refuse = (row: number, choice: string, alternative: string) => {
      const action = first.slice();
      action[row * CHOICES + choiceOf(choice)] = alternativeOf(choice, alternative);
      return () => env.step(action);
    };
    const no = (row: number, what: string) => `${ID}: row ${row} may not choose ${what} here, the mask forbids it`;
    expect(refuse(2, "mode", "instruction")).toThrow(no(2, "mode 1 (instruction)"));
    expect(refuse(0, "turn", "always")).toThrow(no(0, "turn 1 (always)"));
    expect(refuse(1, "reserve", "linger")).toThrow(no(1, "reserve 4 (linger)"));
    expect(refuse(9, "means", "poll")).toThrow(no(9, "means 4 (poll)"));
    expect(env.kernel.time).toBe(0);
    env.step(first);
    expect(refuse(1, "timeslice", "200 us")).toThrow(no(1, "timeslice 1 (200 us)"));
    expect(refuse(0, "context", "shared")).toThrow(no(0, "context 1 (shared)"));
    expect(refuse(0, "order", "low")).not.toThrow();
  });
});

describe("a fork", () => {
  it("shows and does the same, also between two of the planner's wake-ups", () => {
    const actors = [always({ reserve: "linger", release: "resident" }, { means: "poll" }), randomly(5)];
    for (const act of actors) {
      const env = make();
      env.reset({ seed: 1, options: { ...SMALL, workload: "pair-poisson" } });
      for (let i = 0; i < 30; i++) env.step(act(env));
      const copy = env.fork();
      expect(copy.observe()).toEqual(env.observe());
      expect(copy.actionMask()).toEqual(env.actionMask());
      expect(playOn(copy, randomly(3))).toEqual(playOn(env, randomly(3)));
    }
  });
});
