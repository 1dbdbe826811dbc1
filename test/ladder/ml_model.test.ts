import { describe, expect, it } from "vitest";
import type { StepOutcome } from "../../gym/env.ts";
import { randomStream } from "../../kernel/random.ts";
import { ERRNO, LadderError } from "../../ladder/ladder_error.ts";
import { type LadderEvent, MlModel, type Operations } from "../../ladder/ml_model.ts";
import type { LadderOptions } from "../../ladder/options.ts";

const result: StepOutcome = { reward: 0, terminated: false, truncated: false, info: {} };

/** A subsystem that counts who decided; fields are changed by tests. */
function subsystem() {
  const calls = { recommend: 0, apply: 0, byDefault: 0 };
  const state = { load: 0, cost: 0, recommendation: 1 as unknown, refuse: false };
  const operations: Operations = {
    load: () => state.load,
    cost: () => state.cost,
    recommend() {
      calls.recommend++;
      return state.recommendation;
    },
    apply() {
      if (state.refuse) return null;
      calls.apply++;
      return result;
    },
    byDefault() {
      calls.byDefault++;
      return result;
    },
  };
  return { calls, state, operations };
}

function started(options: Partial<LadderOptions> = {}, listener: (event: LadderEvent) => void = () => {}): MlModel {
  const model = MlModel.create("tiering", "policy", listener);
  model.init(options);
  model.start();
  return model;
}

function closeBlock(model: MlModel, cost = 1, otherCost: number | null = null, load = 0) {
  const measurement = { load, alive: true, slice: "one", asked: 10, refused: 0, cost, otherCost, otherFailure: null };
  return model.closeBlock(measurement, () => {});
}

/** Plays blocks in which the agent saves `advantage` until the model is in `mode`. */
function climb(model: MlModel, mode: string, advantage = 0.4): void {
  for (let block = 0; model.mode !== mode; block++) {
    if (block > 500) throw new Error(`never in ${mode}`);
    const { agent } = model.beginBlock();
    const noise = 0.01 * (block % 5);
    if (agent) closeBlock(model, 1 - advantage + noise, 1);
    else closeBlock(model, 1, 1 - advantage + noise);
  }
}

const refusal = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(LadderError);
    return (error as LadderError).code;
  }
  return "";
};

describe("the life of a model", () => {
  it("goes from created to gone, and says so", () => {
    const events: LadderEvent[] = [];
    const model = started({}, (event) => events.push(event));
    model.getDataset();
    model.stop();
    model.start();
    model.destroy();
    expect(events.map((event) => (event.type === "state-change" ? event.to : event.type))).toEqual([
      "created",
      "model-registered",
      "initialized",
      "started",
      "dataset-update",
      "running",
      "stopped",
      "started",
      "shutting-down",
      "unknown",
      "model-unregistered",
    ]);
    expect(model.getSystemState()).toMatchObject({ mode: "unknown", state: "unknown", share: 0 });
  });

  it("refuses what is not possible in a state, by the RFC's names, and changes nothing", () => {
    const model = MlModel.create("gpu", "policy");
    expect(model.state).toBe("created");
    for (const call of ["start", "stop", "reInit", "getDataset", "discardDataset"] as const) {
      expect(refusal(() => model[call]())).toBe("EINVAL");
    }
    expect(model.state).toBe("created");
    model.init();
    expect(refusal(() => model.init())).toBe("EINVAL");
    expect(refusal(() => model.stop())).toBe("EINVAL");
    model.reInit({ learningShare: 0.2 });
    model.start();
    expect(model.options.learningShare).toBe(0.2);
    expect(refusal(() => model.start())).toBe("EINVAL");
    expect(refusal(() => model.reInit())).toBe("EINVAL");
    model.destroy();
    expect(refusal(() => model.destroy())).toBe("ENODEV");
    expect(refusal(() => model.start())).toBe("EINVAL");
    expect(refusal(() => MlModel.create("", "policy"))).toBe("EINVAL");
  });

  it("names a setting that is not one", () => {
    const model = MlModel.create("gpu", "policy");
    expect(() => model.init({ learningShare: 2 })).toThrow(/^EINVAL: setting learningShare of the ladder: /);
    expect(() => model.init({ learningShares: 0.1 } as object)).toThrow(
      'EINVAL: unknown setting of the ladder "learningShares"; did you mean "learningShare"?',
    );
    expect(model.state).toBe("created");
  });
});

describe("the control attribute", () => {
  it("takes the four tokens, whole, with or without a newline", () => {
    const model = MlModel.create("gpu", "policy");
    model.init();
    model.control("start\n");
    expect(model.state).toBe("started");
    model.control("prepare_dataset");
    expect(model.getSystemState()).toMatchObject({ state: "running", dataset: "clean" });
    model.control("discard_dataset");
    expect(model.getSystemState().dataset).toBe("obsolete");
    model.control("stop");
    expect(model.state).toBe("stopped");
    for (const token of ["", "s", "START", "start ", "start\n\n", "constructor", "emergency"]) {
      expect(refusal(() => model.control(token))).toBe("EOPNOTSUPP");
    }
    expect(() => model.control("go")).toThrow(
      'EOPNOTSUPP: control takes start, stop, prepare_dataset, discard_dataset, got "go"',
    );
    expect(refusal(() => model.control("stop"))).toBe("EINVAL");
  });

  it("gives errors the kernel's numbers", () => {
    expect(new LadderError("EINVAL", "").errno).toBe(-22);
    expect(new LadderError("EOPNOTSUPP", "").errno).toBe(-95);
    expect(ERRNO.ENOSPC).toBe(28);
  });
});

describe("datasets", () => {
  it("stay the same until they are discarded", () => {
    const model = started();
    let extracted = 0;
    model.preprocessData(() => Uint8Array.of(++extracted, 2, 3, 4, 5));
    const buffer = new Uint8Array(8);
    expect(refusal(() => model.read(buffer))).toBe("ENODATA");
    model.getDataset();
    model.getDataset();
    expect([extracted, model.getSystemState().dataset]).toEqual([1, "clean"]);
    expect(model.read(buffer.subarray(0, 2))).toBe(2);
    expect(model.getSystemState().dataset).toBe("extracted-partially");
    model.getDataset();
    expect(model.read(buffer, 2)).toBe(3);
    expect(model.getSystemState().dataset).toBe("extracted-completely");
    expect([...buffer.subarray(0, 3)]).toEqual([3, 4, 5]);
    model.getDataset();
    expect(extracted).toBe(1);
    model.discardDataset();
    expect(refusal(() => model.read(buffer))).toBe("ENODATA");
    model.getDataset();
    expect([extracted, model.read(buffer), buffer[0]]).toEqual([2, 5, 2]);
    let told = 0;
    model.publishData((size) => {
      told = size;
    });
    expect([extracted, told]).toEqual([3, 5]);
  });

  it("say when they could not be taken", () => {
    const model = started();
    model.preprocessData(() => {
      throw new Error("no");
    });
    expect(() => model.getDataset()).toThrow("no");
    expect(model.getSystemState()).toMatchObject({ state: "started", dataset: "extraction-failure" });
  });

  it("recommendations are written up to a size, and taken once", () => {
    const model = started();
    expect(model.write(Uint8Array.of(1, 2), 4)).toBe(2);
    expect(refusal(() => model.write(new Uint8Array(5), 4))).toBe("ENOSPC");
    expect([...model.takeRecommendation()!]).toEqual([1, 2]);
    expect(model.takeRecommendation()).toBeNull();
    model.stop();
    expect(refusal(() => model.write(Uint8Array.of(1)))).toBe("EINVAL");
  });
});

describe("operations", () => {
  it("are the default's in emergency, and the agent is not even asked", () => {
    const model = started();
    const { calls, operations } = subsystem();
    expect(model.beginBlock()).toEqual({ agent: false, propensity: 0 });
    model.executeOperation(operations, true);
    expect(calls).toEqual({ recommend: 0, apply: 0, byDefault: 1 });
  });

  it("are the agent's where it was assigned, and the default's where it gives nothing that holds", () => {
    const model = started();
    climb(model, "recommendation");
    const { calls, state, operations } = subsystem();
    model.executeOperation(operations, true);
    expect(calls).toEqual({ recommend: 1, apply: 1, byDefault: 0 });
    state.refuse = true;
    model.executeOperation(operations, true);
    expect(calls).toEqual({ recommend: 2, apply: 1, byDefault: 1 });
    state.refuse = false;
    state.recommendation = null;
    model.executeOperation(operations, true);
    expect(calls).toEqual({ recommend: 3, apply: 1, byDefault: 2 });
    state.recommendation = 1;
    model.executeOperation(operations, true);
    expect([calls, model.mode]).toEqual([{ recommend: 4, apply: 2, byDefault: 2 }, "recommendation"]);
  });

  it.each([
    ["invalid", { refuse: true }],
    ["silent", { recommendation: null }],
  ])("end in emergency after three in a row that are %s", (reason, fault) => {
    const events: LadderEvent[] = [];
    const model = started({}, (event) => events.push(event));
    climb(model, "collaboration");
    model.beginBlock();
    const { calls, state, operations } = subsystem();
    Object.assign(state, fault);
    for (let i = 0; i < 5; i++) model.executeOperation(operations, true);
    expect(calls).toMatchObject({ recommend: 3, byDefault: 5 });
    expect(model.mode).toBe("emergency");
    expect(events.at(-1)).toMatchObject({ type: "mode-change", to: "emergency", reason });
  });

  it("end in emergency at the first whose load is critical", () => {
    const model = started();
    climb(model, "recommendation");
    model.beginBlock();
    const { calls, state, operations } = subsystem();
    model.executeOperation(operations, true);
    state.load = 0.95;
    model.executeOperation(operations, true);
    state.load = 0;
    model.executeOperation(operations, true);
    expect(calls).toEqual({ recommend: 1, apply: 1, byDefault: 2 });
    expect(closeBlock(model, 1, 1, 0.95).transition).toMatchObject({ from: "recommendation", reason: "load" });
  });

  it("end in emergency when a block costs far more than the default's ever do", () => {
    const model = started({ objectiveBlocks: 32 });
    climb(model, "collaboration");
    model.beginBlock();
    const { calls, state, operations } = subsystem();
    state.cost = 1.9;
    model.executeOperation(operations, true);
    expect(calls).toMatchObject({ apply: 1, byDefault: 0 });
    state.cost = 2.1;
    model.executeOperation(operations, true);
    expect(calls).toMatchObject({ recommend: 1, byDefault: 1 });
    expect(model.mode).toBe("emergency");
  });
});

describe("blocks", () => {
  it.each([
    ["learning", 0.1],
    ["collaboration", 0.5],
    ["recommendation", 0.95],
  ])("in %s are the agent's with a probability of %s, whatever else happens", (mode, share) => {
    // A very long way to the next rung, and no end of what may be lost.
    const model = started({
      learningBlocks: mode === "learning" ? 5000 : 32,
      collaborationBlocks: mode === "collaboration" ? 5000 : 64,
    });
    climb(model, mode);
    let agents = 0;
    let blocks = 0;
    for (let i = 0; i < 3000; i++) {
      const { agent, propensity } = model.beginBlock();
      const noise = 0.01 * (i % 5);
      closeBlock(model, agent ? 0.6 + noise : 1, agent ? 1 : 0.6 + noise);
      if (propensity === 0) continue;
      expect(propensity).toBe(share);
      blocks++;
      if (agent) agents++;
    }
    expect(blocks).toBeGreaterThan(2900);
    expect(Math.abs(agents / blocks - share)).toBeLessThan(3 * Math.sqrt((share * (1 - share)) / blocks));
    expect(model.mode).toBe(mode);
  });

  it("tell the agent what it was worth, and that it did harm", () => {
    const model = started();
    climb(model, "learning");
    model.beginBlock();
    const heard: unknown[] = [];
    const measurement = {
      load: 0,
      alive: true,
      slice: "one",
      asked: 1,
      refused: 0,
      cost: 1,
      otherCost: 1.25,
      otherFailure: null,
    };
    model.closeBlock(measurement, (feedback) => heard.push(feedback));
    expect(heard).toEqual([
      {
        block: 4,
        mode: "learning",
        applied: false,
        propensity: 0,
        cost: 1.25,
        baselineCost: 1,
        advantage: -0.25,
        degraded: true,
      },
    ]);
  });

  it("lead to the mode that is estimated, and only when it is corrected", () => {
    const model = started();
    const quiet = {
      load: 0,
      alive: true,
      slice: "one",
      asked: 0,
      refused: 0,
      advantage: null,
      gain: null,
      failed: null,
    };
    for (let block = 0; block < 4; block++) {
      expect(model.estimateSystemState()).toBe("emergency");
      model.machine.close({ ...quiet, defaultCost: 1, loss: null });
    }
    expect([model.estimateSystemState(), model.mode]).toEqual(["learning", "emergency"]);
    expect(model.correctSystemState()).toMatchObject({ from: "emergency", to: "learning", reason: "clear" });
    expect(model.mode).toBe("learning");
  });

  it("of other weights begin with nothing known", () => {
    const model = started();
    model.useWeights(7);
    climb(model, "recommendation");
    model.useWeights(7);
    expect(model.mode).toBe("recommendation");
    model.useWeights(8);
    expect([model.mode, model.machine.evidence.count]).toEqual(["learning", 0]);
  });

  it("have the same coins whatever was measured", () => {
    const coins = [0, 1].map((kind) => {
      const model = started({ evaluator: "switchback", seed: 7 });
      return Array.from({ length: 200 }, (_, i) => {
        const { agent } = model.beginBlock();
        closeBlock(model, 1 + (i % 3), kind === 0 ? null : 0.5);
        return [agent, model.mode];
      });
    });
    expect(coins[0]).toEqual(coins[1]);
  });

  it("with switchback evidence keep a better agent in recommendation mode, and bring one that breaks back", () => {
    const random = randomStream(3, "test/switchback-ladder");
    const model = started({ evaluator: "switchback" });
    let after = 0;
    let broken = 0;
    for (let block = 0; block < 6000 && broken < 200; block++) {
      const good = after < 600;
      const { agent } = model.beginBlock();
      const cost = Math.exp(0.3 * random.normal()) * (agent ? (good ? 0.6 : 1.6) : 1);
      closeBlock(model, cost);
      if (model.mode === "recommendation" && good) after++;
      if (good) continue;
      broken++;
      if (model.mode !== "recommendation") break;
    }
    expect(after).toBe(600);
    expect(broken).toBeLessThan(30);
    expect(["learning", "emergency"]).toContain(model.mode);
    expect(model.machine.evidence.attempt).toBeLessThanOrEqual(5);
  });
});
