import { describe, expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import { playBlock } from "../../../harness/ladder/block.ts";
import type { LadderParts } from "../../../harness/ladder/parts.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";
import { problems } from "../../../harness/problems/index.ts";
import type { LadderPolicy } from "../../../ladder/ladder_policy.ts";
import { MlModel } from "../../../ladder/ml_model.ts";
import type { LadderOptions } from "../../../ladder/options.ts";

/** An agent whose every recommendation is this; what is not an action is refused by the environment. */
function saying(recommendation: unknown, more: Partial<LadderPolicy> = {}): LadderPolicy & { asked: number } {
  const agent = {
    name: "stub",
    asked: 0,
    alive: true,
    begin: (env: Parameters<LadderPolicy["begin"]>[0]) => ({
      recommend() {
        agent.asked++;
        return recommendation;
      },
      apply: (action: unknown) => env.step(action),
      learn() {},
      end() {},
    }),
    feedback() {},
    close() {},
    ...more,
  };
  return agent;
}

/** Plays blocks of short runs until the mode is `until`, at most 60. */
function play(alias: string, agent: LadderPolicy, options: Partial<LadderOptions>, { copies = true, until = "" } = {}) {
  const { id } = registry.spec(alias);
  const problem = problems.find((one) => one.id === id)!;
  const entry = problem.heuristics.find(({ role }) => role === "default")!;
  const modes: string[] = [];
  const model = MlModel.create(alias, "stub", (event) => {
    if (event.type === "mode-change") modes.push(`${event.block} ${event.to} ${event.reason}`);
  });
  model.init(options);
  model.start();
  const env = registry.make(id, { splits: ["validation"], wrap: false });
  const parts: LadderParts = {
    problem,
    env,
    model,
    agent,
    byDefault: findPolicy(id, entry.name),
    slices: new Map(),
    copies,
    cache: null,
  };
  const short: Record<string, number> = alias === "gpu" ? { duration_ms: 30 } : {};
  for (let block = 0; block < 60 && model.mode !== until; block++) {
    playBlock(parts, { seed: 1_000_000 + block, options: short, load: 0 });
  }
  return { modes, model };
}

describe("an agent that says nothing that is an action", () => {
  const often = { evaluator: "switchback", learningShare: 0.8 } as const;

  it.each(["gpu", "congestion"])("loses the share in %s, also where the default takes the rest of a run", (alias) => {
    const agent = saying("garbage");
    const { modes } = play(alias, agent, often, { until: "never" });
    expect(modes[0]).toBe("4 learning clear");
    expect(modes[1]).toMatch(/^\d+ emergency invalid$/);
    expect(Number(modes[1].split(" ")[0])).toBeLessThan(16);
  });

  it("changes the same with switchback evidence whether or not copies are played", () => {
    const runs = [true, false].map((copies) => play("gpu", saying("garbage"), often, { copies, until: "never" }).modes);
    expect(runs[0]).toEqual(runs[1]);
  });

  it("is found out in copies, where evidence comes from those", () => {
    const { modes } = play("gpu", saying("garbage"), {}, { until: "never" });
    expect(modes.slice(0, 2)).toEqual(["4 learning clear", "5 emergency invalid"]);
  });

  it("is not asked again in the block in which it failed", () => {
    const agent = saying(null);
    play("gpu", agent, {}, { until: "learning" });
    expect(agent.asked).toBe(0);
    play("gpu", agent, {}, { until: "emergency" });
    expect(agent.asked).toBe(0);
  });
});

describe("weights", () => {
  it("that become known with the first answer are no others", () => {
    let weights = 0;
    const agent = saying("garbage", {});
    Object.defineProperty(agent, "weights", {
      get: () => {
        if (agent.asked > 0) weights = 7;
        return weights;
      },
    });
    const { model } = play("gpu", agent, { maxInvalid: 100_000 }, { until: "never" });
    expect(model.machine.evidence.attempt).toBe(1);
    expect(model.machine.evidence.count).toBeGreaterThan(40);
  });
});
