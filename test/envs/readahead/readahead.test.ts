import { describe, expect, it } from "vitest";
import { none } from "../../../baselines/readahead/none.ts";
import { vma } from "../../../baselines/readahead/vma.ts";
import { READAHEAD_DRAWS } from "../../../envs/readahead/episode.ts";
import type { ReadaheadEnv } from "../../../envs/readahead/readahead.ts";
import { CANDIDATES, FEATURES, QUIET, QUIET_POINTS } from "../../../kernel/readahead/candidates.ts";
import { DEVICE_PROFILES } from "../../../kernel/readahead/device.ts";
import { workloadOf } from "../../kernel/readahead/fixtures.ts";
import { always, candidate, ID, make, play, playOn, randomly, SMALL, STOCK, SYNC } from "./play.ts";

describe("an episode", () => {
  it("takes 10 and 25 % of the pages as frames in turn, with the seed and with the episode", () => {
    const env = make();
    const shares: number[] = [];
    const note = () => {
      const { frames, workload } = env.kernel.scenario;
      shares.push(frames / workload.footprint);
    };
    for (const seed of [0, 1, 2, 3]) {
      env.reset({ seed, options: { workload: "random", accesses: 20_000 } });
      note();
    }
    for (let i = 0; i < 2; i++) {
      env.reset({ options: { workload: "random", accesses: 20_000 } });
      note();
    }
    [0.1, 0.25, 0.1, 0.25, 0.1, 0.25].forEach((share, i) => {
      expect(shares[i]).toBeCloseTo(share, 2);
    });
  });

  it("draws device, transfer time, load and fragmentation within their ranges, none of them twice", () => {
    const env = make();
    const { slower, background, fragmentation } = READAHEAD_DRAWS;
    const seen = { device: new Set<string>(), pageUs: new Set<number>(), load: new Set<number>() };
    for (let seed = 0; seed < 40; seed++) {
      env.reset({ seed, options: SMALL });
      const { device, backgroundLoad, fragmentation: share } = env.kernel.scenario;
      const profile = DEVICE_PROFILES[device.name];
      expect(profile.synchronous).toBe(false);
      expect(device.pageUs / profile.pageUs).toBeGreaterThanOrEqual(slower.min);
      expect(device.pageUs / profile.pageUs).toBeLessThanOrEqual(slower.max);
      expect(device.latencyUs).toBe(profile.latencyUs);
      expect(backgroundLoad).toBeLessThanOrEqual(background.max);
      expect(share).toBeLessThanOrEqual(fragmentation.max);
      seen.device.add(device.name);
      seen.pageUs.add(device.pageUs);
      seen.load.add(backgroundLoad);
    }
    const asynchronous = Object.values(DEVICE_PROFILES).filter(({ synchronous }) => !synchronous);
    expect([...seen.device].sort()).toEqual(asynchronous.map(({ name }) => name).sort());
    expect([seen.pageUs.size, seen.load.size]).toEqual([40, 40]);
  });

  it("meets the same program and devices whatever was decided before", () => {
    const scenarios = [always(0), always(candidate("vma 32"))].map((policy) => {
      const env = make();
      env.reset({ seed: 4, options: SMALL });
      playOn(env, policy);
      env.reset({ options: SMALL });
      return structuredClone(env.kernel.scenario);
    });
    expect(scenarios[1]).toEqual(scenarios[0]);
  });
});

describe("options", () => {
  const scenarioWith = (options: Record<string, unknown>, id = ID) => {
    const env = make(id);
    const { info } = env.reset({ seed: 9, options: { ...SMALL, ...options } });
    return { ...env.kernel.scenario, info };
  };
  const drawn = scenarioWith({});

  it.each([
    [{ frames: 0.5 }, ["frames"]],
    [{ background: 0.25 }, ["backgroundLoad"]],
    [{ latency_us: 33 }, ["device"]],
    [{ page_us: 2.5 }, ["device"]],
    [{ demand_first: 1 }, ["demandFirst"]],
    [{ count_pollution: 1 }, ["countPollution"]],
    [{ fragmentation: 0.4 }, ["fragmentation"]],
  ] as const)("change nothing but what they fix: %j", (options, changed) => {
    const { info: _, ...fixed } = scenarioWith(options);
    const { info: __, ...before } = drawn;
    const differing = Object.keys(before).filter((key) => {
      const [a, b] = [before, fixed].map((scenario) => JSON.stringify(scenario[key as keyof typeof scenario]));
      return a !== b;
    });
    expect(differing).toEqual(changed);
  });

  it("fix a device as it stands in its profile, and say what was drawn", () => {
    const { device, info } = scenarioWith({ device: "optane", latency_us: 20 });
    expect(device).toEqual({ ...DEVICE_PROFILES.optane, latencyUs: 20 });
    expect(info).toMatchObject({ workload: "mixed", device: "optane", latency_us: 20, page_us: 1.37 });
    expect(scenarioWith({ page_us: 9 }).device).toMatchObject({ latencyUs: drawn.device.latencyUs, pageUs: 9 });
    expect(scenarioWith({ background: 0.5, device: "zswap" }).backgroundLoad).toBe(0);
  });

  it("make slower devices cost more, and reading the faulting page first less", () => {
    const fixed = { ...SMALL, device: "nvme", background: 0 };
    const cost = (options: Record<string, unknown>) => play(always(0), { ...fixed, ...options }).cost;
    expect(cost({ latency_us: 160 })).toBeGreaterThan(cost({}));
    expect(cost({ page_us: 10 })).toBeGreaterThan(cost({}));
    expect(cost({ frames: 0.1 })).toBeGreaterThan(cost({ frames: 0.6 }));
    const around = (demand_first: number) =>
      play(always(candidate("cluster 16")), { ...fixed, page_us: 10, demand_first }).metrics;
    const perFault = (metrics: Record<string, number>) => metrics.device_us / metrics.major_faults;
    expect(perFault(around(1))).toBeLessThan(perFault(around(0)));
  });

  it("count pollution where asked, and change nothing by it", () => {
    const [plain, counted] = [0, 1].map(
      (count_pollution) => play(always(candidate("vma 32")), { ...SMALL, count_pollution }).metrics,
    );
    expect(plain).not.toHaveProperty("pollution_majors");
    const { pollution_majors, ...rest } = counted;
    expect(pollution_majors).toBeGreaterThan(0);
    expect(rest).toEqual(plain);
  });

  it("charge the time of each action", () => {
    const [free, dear] = [0, 50].map((decision_us) => play(always(0), { ...SMALL, decision_us }));
    expect(free.metrics.deciding_us).toBe(0);
    expect(dear.metrics.deciding_us).toBeCloseTo(50 * dear.metrics.decisions, 6);
    expect(dear.cost).toBeGreaterThan(free.cost);
    expect(dear.return).toBeLessThan(free.return);
  });

  it.each([
    [{ frames: 2 }, /frames must be from 0.01 to 1, got 2/],
    [{ fames: 0.2 }, /fames.*frames/],
    [{ device: "nvmee" }, /device must be one of nvme.*got "nvmee"/],
    [{ workload: "sequ" }, /sequ.*seq/],
  ])("are refused: %j", (options, message) => {
    expect(() => make().reset({ seed: 1, options })).toThrow(message);
  });

  it("refuse a program that fits its frames, by name", () => {
    const workload = workloadOf([Array.from({ length: 100 }, (_, i) => i % 50)]);
    expect(() => make().reset({ seed: 1, options: { workload } })).toThrow(/test never swaps with 64 frames/);
  });
});

describe("the future", () => {
  it("that alter_after alters shows in what is observed, and not before it", () => {
    for (const workload of ["zstd-mt", "mixed"]) {
      const shownWith = (options: Record<string, unknown>) => {
        const env = make();
        const { info } = env.reset({ seed: 2, options: { workload, accesses: 20_000, ...options } });
        const shown = [{ position: info.position as number, observation: env.observe() }];
        playOn(env, always(STOCK), ({ position }) => {
          shown.push({ position: position as number, observation: env.observe() });
        });
        return shown;
      };
      const plain = shownWith({});
      const alter_after = plain[150].position;
      const altered = shownWith({ alter_after });
      const [first, second] = [plain, altered].map((shown) => shown.filter(({ position }) => position < alter_after));
      expect(first.length).toBeGreaterThan(0);
      expect(second).toEqual(first);
      expect(altered[200].observation).not.toEqual(plain[200].observation);
    }
  });
});

describe("masks", () => {
  it("allow what would read something, none and silence, and are enforced", () => {
    const env = make();
    env.reset({ seed: 3, options: SMALL });
    const policy = randomly(1);
    let refused = 0;
    playOn(env, (running) => {
      const mask = running.actionMask();
      expect([mask[0], mask[QUIET]]).toEqual([1, 1]);
      const forbidden = mask.indexOf(0);
      if (forbidden >= 0) {
        refused++;
        expect(() => running.step(forbidden)).toThrow(
          `action ${forbidden} would read nothing here, the mask forbids it`,
        );
      }
      return (policy as (env: ReadaheadEnv) => number)(running);
    });
    expect(refused).toBeGreaterThan(100);
  });

  it("hold one row of features for each action", () => {
    const env = make();
    env.reset({ seed: 3, options: SMALL });
    expect(env.observationSpace.shape).toEqual([CANDIDATES.length, FEATURES.length]);
    const pages = FEATURES.indexOf("whether it would read any");
    playOn(env, (running) => {
      const [mask, observation] = [running.actionMask(), running.observe()];
      mask.forEach((allowed, i) => {
        const reads = observation[i * FEATURES.length + pages];
        expect(reads).toBe(allowed === 1 && CANDIDATES[i].source !== "none" ? 1 : 0);
      });
      return 0;
    });
  });
});

describe("silence", () => {
  it.each([ID, SYNC])("passes over as many decision points as it says, charged once (%s)", (id) => {
    const options = { ...SMALL, decision_us: 1 };
    const loud = play(always(0), options, { id });
    const quiet = play(always(QUIET), options, { id });
    expect(loud.metrics.decisions).toBe(loud.metrics.major_faults);
    expect(quiet.metrics.decisions).toBe(Math.ceil(quiet.metrics.major_faults / (QUIET_POINTS + 1)));
    expect(quiet.metrics.deciding_us).toBeCloseTo(quiet.metrics.decisions, 9);
    expect(quiet.metrics.ra_issued).toBe(0);
  });
});

describe("the reward", () => {
  it("orders policies as the cost does: return x unit + cost is the same for all", () => {
    const policies = [
      always(0),
      always(QUIET),
      always(STOCK),
      always(candidate("replay 32")),
      randomly(2),
      vma.create({}),
    ];
    for (const options of [SMALL, { workload: "zstd-mt", accesses: 20_000 }]) {
      const sums = policies.map((policy) => {
        const { cost, unit, return: total } = play(policy, options);
        return total * unit + cost;
      });
      for (const sum of sums) expect(Math.abs(sum / sums[0] - 1)).toBeLessThan(1e-6);
    }
  });

  it("counts in faults that nothing was read ahead of", () => {
    const { unit, metrics } = play(always(QUIET), { ...SMALL, decision_us: 0 });
    expect(unit).toBeCloseTo((metrics.fault_us + metrics.device_us) / metrics.major_faults, 6);
  });

  it("is the same when an episode is played again", () => {
    const env = make();
    const returns = [1, 2].map(() => {
      env.reset({ seed: 5, options: SMALL });
      return playOn(env, always(STOCK)).return;
    });
    expect(returns[1]).toBe(returns[0]);
  });
});

describe("a fork", () => {
  it("shows and does the same, whether or not anybody looked before", () => {
    for (const look of [true, false]) {
      const env = make();
      env.reset({ seed: 1, options: { workload: "mixed", accesses: 20_000 } });
      const decide = vma.create({});
      for (let i = 0; i < 200; i++) {
        if (look) env.step((always(STOCK) as (env: ReadaheadEnv) => number)(env));
        else env.decide(decide.decide(env.kernel.view));
        const copy = env.fork();
        expect(copy.observe()).toEqual(env.observe());
        expect(copy.actionMask()).toEqual(env.actionMask());
      }
      const copy = env.fork();
      expect(playOn(copy, randomly(3))).toEqual(playOn(env, randomly(3)));
    }
  });
});

describe("the environment of synchronous devices", () => {
  it("draws those alone, as their profiles have them, and nobody beside", () => {
    const env = make(SYNC);
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      env.reset({ seed, options: SMALL });
      const { device, backgroundLoad } = env.kernel.scenario;
      expect(device).toEqual(DEVICE_PROFILES[device.name]);
      expect([device.synchronous, backgroundLoad]).toEqual([true, 0]);
      seen.add(device.name);
    }
    expect(seen.size).toBe(Object.values(DEVICE_PROFILES).filter(({ synchronous }) => synchronous).length);
  });

  it("costs whoever does nothing on zswap the default and the charge for deciding, no more", () => {
    const options = { workload: "mixed", accesses: 20_000, device: "zswap", decision_us: 0.2 };
    for (const seed of [1, 2]) {
      const shipped = play(none.create({}), options, { id: SYNC, seed });
      const idle = play(always(0), options, { id: SYNC, seed });
      const quiet = play(always(QUIET), options, { id: SYNC, seed });
      expect(shipped.metrics.deciding_us).toBe(0);
      expect(idle.metrics.major_faults).toBe(shipped.metrics.major_faults);
      expect(idle.cost).toBeCloseTo(shipped.cost + 0.2 * idle.metrics.decisions, 6);
      expect(quiet.cost).toBeCloseTo(shipped.cost + 0.2 * quiet.metrics.decisions, 6);
      expect(quiet.metrics.decisions).toBeLessThan(idle.metrics.decisions / QUIET_POINTS + 1);
    }
  });

  it("makes every page that is read ahead on zswap a loss", () => {
    const options = { workload: "seq", accesses: 10_000, device: "zswap", decision_us: 0 };
    const idle = play(always(0), options, { id: SYNC });
    for (const name of ["vma 2", "vma 32", "pc-stride 8", "replay 8"]) {
      const reading = play(always(candidate(name)), options, { id: SYNC });
      expect(reading.metrics.ra_issued).toBeGreaterThan(0);
      expect(reading.cost).toBeGreaterThan(idle.cost);
      expect(reading.return).toBeLessThan(idle.return);
    }
  });
});
