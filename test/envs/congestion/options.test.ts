import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONGESTION_FEATURES } from "../../../envs/congestion/observation.ts";
import { registry } from "../../../envs/index.ts";
import { docstringSections } from "../../conformance/docstring.ts";
import { always, handRule, heuristic, ID, make, play, playOn, SMALL } from "./play.ts";

/** Options that cannot be, and what is said of them. */
const REFUSED: readonly [Record<string, unknown>, RegExp][] = [
  [{ workload: "incasts" }, /incasts.*incast/],
  [{ workload: "incast", senders: 0 }, /option senders must be from 1 to 1024, got 0/],
  [{ workload: "incast", senders: 2.5 }, /incast: senders must be a whole number from 1 to 1024, got 2.5/],
  [{ workload: "lone", senders: 4 }, /lone.*senders/],
  [{ workload: "incast", bytes: 0 }, /option bytes must be from 1 to 10000000000, got 0/],
  [{ workload: "incast", bytes: 1.5 }, /incast: bytes must be a whole number from 1 to 10000000000, got 1.5/],
  [{ gbps: 2000 }, /option gbps must be from 1 to 1600, got 2000/],
  [{ delay_us: -1 }, /option delay_us must be from 0.001 to 1000, got -1/],
  [{ workload: "websearch", load: 1.5 }, /option load must be from 0.01 to 1, got 1.5/],
  [{ workload: "incast", load: 0.5 }, /incast.*load/],
  [{ workload: "websearch", duration_us: 0 }, /option duration_us must be from 1 to 10000000, got 0/],
  [{ mtuPerChunk: 5 }, /option mtuPerChunk must be from 1 to 4, got 5/],
  [{ mtuPerChunk: 1.5 }, /mtuPerChunk must be a whole number from 1 to 4, got 1.5/],
  [{ lossless: 2 }, /option lossless must be from 0 to 1, got 2/],
  [{ lossless: 0.5 }, /option lossless must be 0 or 1, got 0.5/],
  [{ lossless: true }, /option lossless must be a number, got true/],
  [{ tcp: "reno" }, /option tcp must be one of cubic, bbr, got "reno"/],
  [{ decision_us: 2000 }, /option decision_us must be from 0 to 1000, got 2000/],
  [{ limit_us: 0 }, /option limit_us must be from 1 to 100000000, got 0/],
  [{ window: -1 }, /option window must be from 0 to 100, got -1/],
  [{ observation: "int" }, /option observation must be one of rtt, rl-cc, got "int"/],
  [{ map: "log" }, /option map must be one of exp, rl-cc, got "log"/],
  [{ reward: "aurora" }, /option reward must be one of target, cost, rl-cc, got "aurora"/],
  [{ information: "ecn,inta" }, /option information must be names of ecn, int, remaining, senders, got "inta"/],
  [{ information: 3 }, /option information must be a string, got 3/],
  [{ alter_after: -1 }, /option alter_after must be from 0 to 10000000000, got -1/],
  [{ decisions_us: 1 }, /decisions_us.*decision_us/],
];

describe("options", () => {
  const scenarioWith = (options: Record<string, unknown>) => {
    const env = make();
    env.reset({ seed: 9, options });
    return env.kernel.scenario;
  };

  it.each([
    [{ mtuPerChunk: 1 }, ["mtuPerChunk"]],
    [{ lossless: 0 }, ["lossless"]],
    [{ decision_us: 3.25 }, ["decisionNs"]],
    [{ limit_us: 1234.5 }, ["limitNs"]],
    [{ information: "int" }, ["telemetry"]],
    [{ information: "ecn" }, ["marking"]],
    [{ information: "remaining,senders" }, []],
    [{ window: 2, observation: "rl-cc", map: "rl-cc", reward: "cost" }, []],
  ] as const)("change nothing of the run but what they fix: %j", (options, changed) => {
    const [before, fixed] = [{}, options].map((more) => scenarioWith({ workload: "websearch", ...more }));
    const differing = Object.keys(before).filter((key) => {
      const [a, b] = [before, fixed].map((scenario) => JSON.stringify(scenario[key as keyof typeof scenario]));
      return a !== b;
    });
    expect(differing).toEqual(changed);
  });

  it("fix what would be drawn of a workload", () => {
    const { workload } = scenarioWith({ workload: "incast", senders: 5, bytes: 12_345, gbps: 40, delay_us: 2.5 });
    expect(workload.messages).toHaveLength(5);
    expect(workload.messages.every(({ bytes }) => bytes === 12_345)).toBe(true);
    expect(workload.topology.rate.every((rate) => rate === 5)).toBe(true);
    expect(workload.topology.delay.every((delay) => delay === 2500)).toBe(true);
    const [light, heavy] = [0.2, 0.8].map(
      (load) => scenarioWith({ workload: "websearch", load, duration_us: 500 }).workload.messages,
    );
    expect(Math.max(...heavy.map(({ start }) => start))).toBeLessThanOrEqual(500_000);
    expect(heavy.length).toBeGreaterThan(2 * light.length);
  });

  it("are what is said where they are left out", () => {
    const { mtuPerChunk, lossless, decisionNs, marking, telemetry, tcp } = scenarioWith({ workload: "incast" });
    expect({ mtuPerChunk, lossless, decisionNs, marking, telemetry, tcp }).toEqual({
      mtuPerChunk: 4,
      lossless: true,
      decisionNs: 500,
      marking: null,
      telemetry: false,
      tcp: null,
    });
    expect(scenarioWith({ workload: "incast", gbps: 50 }).mtuPerChunk).toBe(2);
    expect(scenarioWith({ workload: "incast", gbps: 10 }).mtuPerChunk).toBe(1);
    expect(scenarioWith({ workload: "incast", gbps: 400 }).mtuPerChunk).toBe(4);
    const named = { window: 1.03, observation: "rtt", map: "exp", reward: "target", information: "" };
    expect(play(handRule(), { ...SMALL, ...named })).toEqual(play(handRule(), SMALL));
  });

  it("choose the program of sockets that fell back to TCP, where there are any", () => {
    const [usual, cubic, bbr] = [{}, { tcp: "cubic" }, { tcp: "bbr" }].map((options) => {
      const env = make();
      env.reset({ seed: 1, options: { workload: "smc-mix", ...options } });
      return { tcp: env.kernel.scenario.tcp!.name, cost: playOn(env, heuristic("delay-target")).cost };
    });
    expect([usual.tcp, cubic.tcp, bbr.tcp]).toEqual(["cubic", "cubic", "bbr"]);
    expect(usual.cost).toBe(cubic.cost);
    expect(bbr.cost).not.toBe(cubic.cost);
  });

  it("have switches drop instead of pause where the fabric is lossy", () => {
    const metricsOf = (lossless: number) =>
      play(always(0, 1), { workload: "incast", senders: 64, bytes: 2_000_000, window: 0, lossless, limit_us: 3000 })
        .metrics;
    expect(metricsOf(1).drops).toBe(0);
    expect(metricsOf(1).pauses).toBeGreaterThan(0);
    expect(metricsOf(0).drops).toBeGreaterThan(0);
    expect(metricsOf(0).pauses).toBe(0);
  });

  it.each(REFUSED)("are refused in one line: %j", (options, message) => {
    const env = make();
    const refused = () => env.reset({ seed: 1, options });
    expect(refused).toThrow(message);
    expect(refused).toThrow(/^[^\n]*$/);
  });

  it("have a value that is refused, every one", () => {
    const tried = new Set(REFUSED.flatMap(([options]) => Object.keys(options)));
    for (const { name } of registry.spec(ID).options) expect(tried).toContain(name);
  });
});

describe("the documentation", () => {
  const sections = docstringSections(readFileSync(registry.spec(ID).source!, "utf8"), ID);

  it("gives the spaces and rows as they are", () => {
    const { actionSpace, observationSpace, rows } = make();
    expect(sections.get("Action Space")).toContain(`\`Box(1)\` for each of ${rows} rows`);
    expect(actionSpace.shape).toEqual([1]);
    expect(sections.get("Observation Space")).toContain(
      `\`Box(${CONGESTION_FEATURES.length})\` for each of ${rows} rows`,
    );
    expect(observationSpace.shape).toEqual([CONGESTION_FEATURES.length]);
  });
});
