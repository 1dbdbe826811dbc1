import { describe, expect, it } from "vitest";
import { randomStream } from "../../kernel/random.ts";
import { type BlockReport, ModeMachine } from "../../ladder/mode_machine.ts";
import { type LadderOptions, ladderOptionsSchema } from "../../ladder/options.ts";

const quiet: BlockReport = {
  load: 0,
  alive: true,
  advantage: null,
  gain: null,
  failed: null,
  slice: "one",
  asked: 100,
  refused: 0,
  defaultCost: 1,
  loss: null,
};

function machineWith(options: Partial<LadderOptions> = {}): ModeMachine {
  const machine = new ModeMachine(ladderOptionsSchema.parse(options));
  machine.start();
  return machine;
}

/** Closes blocks until the mode changes, at most `most`; returns how many it took, or -1. */
function until(machine: ModeMachine, report: (i: number) => Partial<BlockReport>, most = 2000): number {
  for (let i = 1; i <= most; i++) {
    const own = report(i);
    machine.close({ ...quiet, gain: own.advantage ?? null, ...own });
    if (machine.correct() !== null) return i;
  }
  return -1;
}

/** A machine that has climbed into this mode with advantages about 0.3. */
function climbed(mode: "learning" | "collaboration" | "recommendation", options: Partial<LadderOptions> = {}) {
  const machine = machineWith(options);
  const random = randomStream(1, "test/climb");
  until(machine, () => ({}));
  while (machine.mode !== mode) until(machine, () => ({ advantage: 0.3 + 0.1 * random.normal() }));
  return machine;
}

describe("ModeMachine", () => {
  it("begins in emergency, and stays there without an agent", () => {
    const machine = new ModeMachine(ladderOptionsSchema.parse({}));
    expect([machine.mode, machine.share]).toEqual(["emergency", 0]);
    expect(until(machine, () => ({}), 20)).toBe(-1);
    machine.start();
    expect(until(machine, () => ({}))).toBe(4);
    expect(machine.mode).toBe("learning");
  });

  it("leaves emergency only after four clear blocks in a row, and never while the agent is silent", () => {
    const machine = machineWith();
    expect(until(machine, (i) => ({ load: i % 4 === 0 ? 0.8 : 0 }), 40)).toBe(-1);
    expect(until(machine, () => ({ alive: false }), 40)).toBe(-1);
    expect(until(machine, () => ({ load: 0.79 }))).toBe(1);
  });

  it("climbs rung by rung, each on evidence of its own", () => {
    const machine = machineWith();
    until(machine, () => ({}));
    const random = randomStream(2, "test/climb");
    const better = () => ({ advantage: 0.3 + 0.1 * random.normal() });
    expect([until(machine, better), machine.mode]).toEqual([32, "collaboration"]);
    expect([machine.evidence.count, machine.evidence.attempt]).toEqual([0, 2]);
    expect([until(machine, better), machine.mode]).toEqual([64, "recommendation"]);
    expect([until(machine, better, 500), machine.share]).toEqual([-1, 0.95]);
  });

  it("never promotes who is equal, nor who is not better by 1 %", () => {
    const machine = climbed("learning");
    expect(until(machine, () => ({ advantage: 0 }), 500)).toBe(-1);
    const random = randomStream(3, "test/equal");
    expect(until(climbed("learning"), () => ({ advantage: 0.005 + 0.01 * random.normal() }), 500)).toBe(-1);
  });

  it("promotes no more than alpha of all null policies, over all attempts", () => {
    let promoted = 0;
    for (let seed = 0; seed < 200; seed++) {
      const random = randomStream(seed, "test/null");
      const machine = machineWith({ deltaUp: 0 });
      for (let block = 0; block < 600 && machine.mode !== "collaboration"; block++) {
        machine.close({ ...quiet, advantage: Math.max(-1, Math.min(1, 0.3 * random.normal())) });
        machine.correct();
      }
      if (machine.mode === "collaboration") promoted++;
    }
    expect(promoted / 200).toBeLessThanOrEqual(0.05);
  });

  it("does not promote who gives invalid recommendations", () => {
    const machine = climbed("learning");
    expect(until(machine, () => ({ advantage: 0.5, refused: 2 }), 200)).toBe(-1);
  });

  it("does not promote out of collaboration who is worse on one kind of workload", () => {
    const random = randomStream(4, "test/slices");
    const machine = climbed("collaboration");
    const report = (i: number) =>
      i % 4 === 0
        ? { slice: "other", advantage: -0.1 + 0.02 * random.normal() }
        : { advantage: 0.4 + 0.02 * random.normal() };
    expect(until(machine, report, 300)).toBe(-1);
    expect(machine.evidence.lower).toBeGreaterThan(machine.options.deltaUp);
  });

  it.each(["collaboration", "recommendation"] as const)("demotes from %s straight to learning", (mode) => {
    const machine = climbed(mode);
    const random = randomStream(5, "test/worse");
    const blocks = until(machine, () => ({ advantage: -0.1 + 0.1 * random.normal() }));
    // Minus one standard deviation: 10 blocks in the median.
    expect(blocks).toBeGreaterThan(2);
    expect(blocks).toBeLessThan(25);
    expect(machine.mode).toBe("learning");
    // Evidence is there after 32 blocks, the cool-down is over then too.
    expect(until(machine, () => ({ advantage: 0.3 + 0.01 * random.normal() }))).toBe(32);
  });

  it("makes who failed wait for twice as long each time", () => {
    const machine = climbed("learning");
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      until(machine, () => ({ advantage: -0.5 }));
      expect(machine.mode).toBe("emergency");
      waits.push(until(machine, () => ({})));
    }
    expect(waits).toEqual([32, 64, 128, 256, 512, 1024, 1024, 1024]);
  });

  it("goes into emergency at once by load, and does not make a first one wait", () => {
    const machine = climbed("recommendation");
    const transition = machine.emergency("load")!;
    expect(transition).toMatchObject({ from: "recommendation", to: "emergency", reason: "load" });
    expect(machine.share).toBe(0);
    machine.close({ ...quiet, load: 1 });
    expect(machine.correct()).toBeNull();
    expect(until(machine, () => ({}))).toBe(4);
    expect(machine.emergency("silent")).not.toBeNull();
    expect(until(machine, () => ({}))).toBe(32);
  });

  it.each([
    ["load", { load: 0.95 }],
    ["silent", { alive: false }],
    ["invalid", { failed: "invalid" }],
  ] as const)("goes into emergency between blocks by %s that showed in a block", (reason, report) => {
    const machine = climbed("recommendation");
    machine.close({ ...quiet, ...report });
    expect(machine.correct()).toMatchObject({ to: "emergency", reason });
  });

  it("waits longer and longer for a load that keeps coming back", () => {
    const machine = climbed("learning");
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      machine.emergency("load");
      machine.close({ ...quiet, load: 1 });
      machine.correct();
      waits.push(until(machine, () => ({})));
    }
    expect(waits).toEqual([4, 31, 63, 127, 255]);
  });

  it("goes on with what it knew when a load had interrupted learning, but not after failures", () => {
    const machine = climbed("learning");
    const interrupt = (reason: "load" | "silent") => {
      for (let i = 0; i < 20; i++) machine.close({ ...quiet, advantage: 0.01 * i });
      const { attempt } = machine.evidence;
      machine.emergency(reason);
      until(machine, () => ({}));
      return [machine.mode, machine.evidence.count, machine.evidence.attempt - attempt];
    };
    expect(interrupt("load")).toEqual(["learning", 20, 0]);
    expect(interrupt("silent")).toEqual(["learning", 0, 1]);
  });

  it("lets an agent into live blocks of learning only after copies, and while it has not lost too much", () => {
    const machine = climbed("learning");
    expect(machine.share).toBe(0);
    for (let i = 0; i < 8; i++) machine.close({ ...quiet, advantage: 0.01 * (i - 3) });
    expect(machine.share).toBe(0.1);
    machine.close({ ...quiet, loss: 1 });
    expect(machine.share).toBe(0);
    for (let i = 0; i < 200; i++) machine.close(quiet);
    expect(machine.share).toBe(0.1);
  });

  it("with switchback evidence has no copies to wait for", () => {
    expect(climbed("learning", { evaluator: "switchback" }).share).toBe(0.1);
  });

  it("takes the share back when the budget is spent", () => {
    const machine = climbed("recommendation");
    expect(until(machine, () => ({ advantage: 0.01, loss: 0.2 }))).toBeLessThan(10);
    expect(machine.mode).toBe("learning");
  });

  it("forgets what it knew of other weights, and tries them anew", () => {
    const machine = climbed("recommendation");
    expect(machine.newWeights()).toMatchObject({ to: "learning", reason: "new-weights" });
    machine.close({ ...quiet, advantage: 0.5 });
    expect(machine.newWeights()).toBeNull();
    expect(machine.evidence.count).toBe(0);
  });

  it("is in emergency when the agent has left", () => {
    const machine = climbed("recommendation");
    expect(machine.stop()).toMatchObject({ to: "emergency", reason: "stopped" });
    expect(until(machine, () => ({}), 50)).toBe(-1);
    machine.start();
    expect(until(machine, () => ({}))).toBe(4);
  });
});
