import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GPU_ALTERNATIVES, GPU_CHOICES } from "../../../envs/gpu/actions.ts";
import { GPU_COLUMNS, GPU_FEATURES, GPU_OBSERVATION_LIMIT } from "../../../envs/gpu/observation.ts";
import { registry } from "../../../envs/index.ts";
import { clientOf, equalKernels, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { findArchitecture } from "../../../kernel/gpu/architecture.ts";
import type { GpuWorkload } from "../../../kernel/gpu/workload.ts";
import { docstringSections, tableOf } from "../../conformance/docstring.ts";
import { always, ID, make, mixed, plain, play, playOn, SMALL } from "./play.ts";

const MS = 1_000_000;

describe("options", () => {
  const scenarioWith = (options: Record<string, unknown>) => {
    const env = make();
    const { info } = env.reset({ seed: 9, options: { ...SMALL, ...options } });
    return { ...env.kernel.scenario, info };
  };
  const drawn = scenarioWith({});

  it.each([
    [{ architecture: "mi50" }, ["architecture"]],
    [{ control_us: 33.5 }, ["controlNs"]],
    [{ min_slice_us: 17 }, ["minSliceUs"]],
    [{ cold_us: 12 }, ["coldNs"]],
    [{ decision_us: 100 }, []],
    [{ lead_scale: 4 }, []],
  ] as const)("change nothing but what they fix: %j", (options, changed) => {
    const { info: _, ...fixed } = scenarioWith(options);
    const { info: __, ...before } = drawn;
    const differing = Object.keys(before).filter((key) => {
      const [a, b] = [before, fixed].map((scenario) => JSON.stringify(scenario[key as keyof typeof scenario]));
      return a !== b;
    });
    expect(differing).toEqual(changed);
  });

  it("fix what they name, and reset says what was drawn", () => {
    const { info, ...scenario } = scenarioWith({ architecture: "h100", control_us: 50, min_slice_us: 7, cold_us: 20 });
    expect(scenario).toMatchObject({ controlNs: 50_000, minSliceUs: 7, coldNs: 20_000 });
    expect(scenario.architecture).toBe(findArchitecture("h100"));
    expect(info).toMatchObject({ workload: "crowd", architecture: "h100", control_us: 50, min_slice_us: 7 });
  });

  it("multiply the critical requests, of the same groups and beside the same best effort", () => {
    const [usual, heavy] = [1, 6].map((critical_load) => scenarioWith({ critical_load }).workload);
    expect(scenarioWith({}).workload).toEqual(usual);
    for (const [g, group] of usual.groups.entries()) {
      const other = heavy.groups[g];
      if (!group.critical) expect(other).toEqual(group);
      else {
        const { name, sequence, slo, prepNs } = group;
        expect(other).toMatchObject({ name, sequence, slo, prepNs });
        expect(other.arrivals!.length).toBeGreaterThan(3 * group.arrivals!.length);
      }
    }
  });

  it("make runs as long as they say, of the same groups", () => {
    const [short, long] = [40, 80].map((duration_ms) => scenarioWith({ duration_ms }).workload);
    expect([short.durationNs, long.durationNs]).toEqual([40 * MS, 80 * MS]);
    const known = (workload: GpuWorkload) =>
      workload.groups.map(({ name, sequence, slo, prepNs }) => ({ name, sequence, slo, prepNs }));
    expect(known(long)).toEqual(known(short));
    const env = make();
    env.reset({ seed: 9, options: { ...SMALL, duration_ms: 3 } });
    playOn(env, plain());
    expect(env.kernel.time).toBe(3 * MS);
  });

  it("have an action take effect when it has been decided", () => {
    const appliedAfter = (decision_us: number) => {
      const env = make();
      env.reset({ seed: 1, options: { workload: mixed(), control_us: 0, min_slice_us: 1, decision_us } });
      let applied = 0;
      playOn(env, plain(), () => {
        const { view } = env.kernel;
        if (applied === 0 && view.sliceUs[0] > 100_000) applied = view.time;
      });
      return applied;
    };
    expect(appliedAfter(0)).toBe(MS);
    expect(appliedAfter(2500)).toBeGreaterThanOrEqual(2.5 * MS);
    expect(appliedAfter(2500)).toBeLessThanOrEqual(3 * MS);
  });

  it("have the GPU kept longer with a greater lead, by the planner's own estimate unless told otherwise", () => {
    const spin = (options: Record<string, unknown>) => {
      const fixed = { workload: mixed(), architecture: "v100", control_us: 5, min_slice_us: 1, ...options };
      return play(always({ reserve: "hint" }, { means: "timeslice" }), fixed).metrics.spin_time_us;
    };
    const [short, usual, long] = [0.25, 1, 4].map((lead_scale) => spin({ lead_scale }));
    expect(short).toBeLessThan(usual);
    expect(usual).toBeLessThan(long);
    expect(spin({})).toBe(usual);
  });

  it("have a lead of one episode forgotten in the next", () => {
    const env = make();
    const costOf = (options: Record<string, unknown>) => {
      env.reset({ seed: 3, options: { ...SMALL, ...options } });
      return playOn(env, always({ reserve: "hint" }, {})).cost;
    };
    const usual = costOf({});
    expect(costOf({ lead_scale: 10 })).not.toBe(usual);
    expect(costOf({})).toBe(usual);
  });

  it("make cold caches, slow control and slow decisions cost more", () => {
    const disable = () => always({}, { means: "disable", timeslice: "1024 us" });
    const cost = (options: Record<string, unknown>) => {
      const fixed = { workload: "crowd", duration_ms: 200, control_us: 5, min_slice_us: 1000, ...options };
      return [0, 1, 2, 3].reduce((sum, seed) => sum + play(disable(), fixed, seed).cost, 0);
    };
    const usual = cost({});
    expect(cost({ cold_us: 200 })).toBeGreaterThan(usual);
    expect(cost({ control_us: 500 })).toBeGreaterThan(usual);
    expect(cost({ decision_us: 1000 })).toBeGreaterThan(usual);
  });

  it.each([
    [{ architecture: "h1000" }, /architecture must be one of v100.*got "h1000"/],
    [{ control_us: -1 }, /control_us must be from 0 to 100000, got -1/],
    [{ min_slice_us: 0 }, /min_slice_us must be from 1 to 1000000, got 0/],
    [{ duration_ms: 0 }, /duration_ms must be from 1 to 10000000, got 0/],
    [{ decision_us: 1e6 }, /decision_us must be from 0 to 100000, got 1000000/],
    [{ critical_load: 0 }, /critical_load must be from 0.1 to 20, got 0/],
    [{ lead_scale: 0 }, /lead_scale must be from 0.1 to 10, got 0/],
    [{ cold: 1 }, /cold.*cold_us/],
    [{ workload: "crowds" }, /crowds.*crowd/],
  ])("are refused: %j", (options, message) => {
    expect(() => make().reset({ seed: 1, options })).toThrow(message);
  });

  it("refuse more groups than there are rows in one line", () => {
    const groups = Array.from({ length: 11 }, () => clientOf(equalKernels(1, 1000)));
    const { workload } = gpuScenario(groups);
    expect(() => make().reset({ seed: 1, options: { workload } })).toThrow(
      `${ID}: scenario has 11 channel groups, at most 10 are possible`,
    );
  });
});

describe("the documentation", () => {
  const sections = docstringSections(readFileSync(registry.spec(ID).source!, "utf8"), ID);

  it("lists the choices of an action with their alternatives as they are", () => {
    const rows = tableOf(sections.get("Action Space")!);
    const expected = GPU_CHOICES.map(({ name, critical, alternatives }, i) => ({
      Num: String(i),
      Action: name,
      Of: critical ? "critical" : "best effort",
      Alternatives: alternatives.map((alternative, number) => `${number} ${alternative}`).join(", "),
    }));
    expect(rows.map(({ Meaning: _, ...row }) => row)).toEqual(expected);
    for (const { Meaning, Action } of rows) expect(Meaning.length, Action).toBeGreaterThan(20);
  });

  it("gives the spaces as they are", () => {
    const { actionSpace, observationSpace, rows } = make();
    expect(sections.get("Action Space")).toContain(`\`${actionSpace}\` for each of ${rows} rows`);
    expect([...actionSpace.nvec]).toEqual(GPU_ALTERNATIVES);
    expect(sections.get("Observation Space")).toContain(`\`Box(${GPU_FEATURES})\` for each of ${rows} rows`);
    expect(observationSpace.shape).toEqual([GPU_FEATURES]);
  });

  it("lists the columns of an observation as they are", () => {
    const limit = String(GPU_OBSERVATION_LIMIT);
    expect(tableOf(sections.get("Observation Space")!)).toEqual(
      GPU_COLUMNS.map((Observation, i) => ({ Num: String(i), Observation, Min: `-${limit}`, Max: limit })),
    );
  });

  it("names every option", () => {
    for (const { name } of registry.spec(ID).options) expect(sections.get("Arguments")).toContain(`\`${name}\``);
  });
});
