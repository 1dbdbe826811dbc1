import { describe, expect, it } from "vitest";
import { Ladder } from "../../harness/ladder/ladder.ts";
import type { LadderRun } from "../../harness/ladder/totals.ts";
import { problems } from "../../harness/problems/index.ts";
import { MODES } from "../../ladder/states.ts";
import { expectBadPolicyKeptDown, ids, play, SHORT } from "./ladder_play.ts";

const path = ({ transitions }: LadderRun) => transitions.map(({ to }) => to);

it.each(["ring0/Tiering-v1", "ring0/GpuPreemption-v1"])(
  "an agent that begins with nothing learns its way up the ladder in %s",
  (env) => {
    const command = { env, scenario: "learning", options: SHORT[env].options } as const;
    const run = new Ladder(command).begin(0, 110);
    while (run.next());
    expect(path(run.result())).toEqual(["learning", "collaboration", "recommendation"]);
  },
);

it("there are settings here for every environment with a kernel", () => {
  expect(Object.keys(SHORT)).toEqual(ids);
});

describe.each(ids)("the ladder in %s", (env) => {
  const problem = problems.find(({ id }) => id === env)!;
  const byDefault = problem.heuristics.find(({ role }) => role === "default")!.name;

  it("lets an oracle climb, one rung after the other", () => {
    const run = play(env, {}, 120);
    expect(path(run)).toEqual(["learning", "collaboration", "recommendation"]);
    expect(run.totals.regret).toBeLessThan(0);
  });

  it("keeps a bad policy down, and loses hardly anything by trying it", () => {
    expectBadPolicyKeptDown(env, [0, 1, 2]);
  });

  it.each(["paired", "switchback"])("never promotes the default itself, by %s evidence", (evaluator) => {
    for (let seed = 0; seed < 10; seed++) {
      const { totals } = play(env, { policy: byDefault, set: { evaluator } }, 120, seed);
      expect(totals).toMatchObject({ promotions: 0, regret: 0 });
    }
  });

  it("takes noise for noise", () => {
    const runs = Array.from({ length: 40 }, (_, seed) => play(env, { scenario: "null" }, 120, seed));
    expect(runs.filter(({ totals }) => totals.promotions > 0).length).toBeLessThanOrEqual(2);
  });

  it("brings a policy that breaks back to learning or below within 25 blocks", () => {
    const run = play(env, { scenario: "regress" }, 240);
    expect(path(run).slice(0, 3)).toEqual(["learning", "collaboration", "recommendation"]);
    const demotion = run.transitions[3];
    expect(demotion.block).toBeGreaterThanOrEqual(120);
    expect(demotion.block).toBeLessThanOrEqual(145);
    expect(["learning", "emergency"]).toContain(demotion.to);
    expect(run.totals.regret).toBeLessThanOrEqual(0.02);
  });

  it("goes into emergency in the block in which the load is critical, and comes back after four clear ones", () => {
    const { records, transitions } = play(env, { scenario: "overload" }, 240);
    const emergency = transitions.findIndex(({ reason }) => reason === "load");
    expect(transitions[emergency]).toMatchObject({ from: "recommendation", to: "emergency" });
    const { block } = transitions[emergency];
    expect(block).toBeGreaterThanOrEqual(120);
    expect(block).toBeLessThan(126);
    expect(records[block].load).toBeGreaterThanOrEqual(0.95);
    const back = transitions[emergency + 1];
    expect(back).toMatchObject({ from: "emergency", to: "learning", reason: "clear" });
    for (const record of records.slice(block + 1, back.block))
      expect([record.mode, record.share_realised]).toEqual(["emergency", 0]);
    for (const record of records.slice(back.block - 4, back.block)) expect(record.load).toBeLessThan(0.8);
  });

  it("does not follow a load that flaps", () => {
    const { transitions } = play(env, { scenario: "flapping" }, 400);
    const emergencies = transitions.filter(({ reason }) => reason === "load");
    // Twenty-five peaks; the wait doubles from the second on: 32, 64, 128 blocks.
    expect(emergencies.length).toBeGreaterThanOrEqual(2);
    expect(emergencies.length).toBeLessThanOrEqual(5);
  });

  it("goes into emergency when the agent falls silent, and asks it no more", () => {
    const { records, transitions } = play(env, { scenario: "silent" }, 240);
    const silence = transitions.find(({ reason }) => reason === "silent")!;
    // At the third operation without an answer; in congestion control at the end of the run, which the first of them hands over.
    expect(silence.to).toBe("emergency");
    expect([120, 121]).toContain(silence.block);
    expect(records[120].refused).toBeGreaterThanOrEqual(1);
    expect(records[120].refused).toBeLessThanOrEqual(3);
    for (const record of records.slice(121, 132)) expect([record.mode, record.refused]).toEqual(["emergency", 0]);
    expect(transitions.find(({ block, to }) => block > 132 && to === "learning")).toBeDefined();
  });

  it("lets agents that behave only while they learn cause no more than 2 % of loss", () => {
    const { totals, transitions } = play(env, { scenario: "adversarial" }, 300);
    expect(totals.highest).toBe("recommendation");
    expect(transitions.filter(({ from }) => from === "recommendation").length).toBeGreaterThan(0);
    expect(totals.regret).toBeLessThanOrEqual(0.02);
  });

  it("gives the agent the share that it aims at", () => {
    const { totals } = play(env, { set: { lossBudget: 1 } }, 400);
    for (const mode of MODES.slice(2)) {
      const { blocks, aimed, realised } = totals.shares[mode];
      expect(Math.abs(realised - aimed)).toBeLessThanOrEqual(3 * Math.sqrt((aimed * (1 - aimed)) / blocks));
    }
  });

  it("does the same again, and the same whether or not copies are played", () => {
    const set = { evaluator: "switchback" };
    const command = { policy: "random", scenario: "good", set, runs: undefined } as const;
    const log = ({ records, transitions }: LadderRun) => ({
      blocks: records.map(({ mode, cost, load, share_aimed, switchback }) => [
        mode,
        cost,
        load,
        share_aimed,
        switchback,
      ]),
      transitions,
    });
    const { options } = SHORT[env];
    const logs = [true, true, false].map((copies) => {
      const run = new Ladder({ env, options, ...command, copies }).begin(3, 16);
      while (run.next());
      return log(run.result());
    });
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[2]).toEqual(logs[0]);
  });
});
