import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { playEpisode } from "../../../harness/play/episode.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";
import { makeForPlay } from "../../../harness/play/make_env.ts";
import { heuristicPolicy, type Policy } from "../../../harness/play/policy.ts";
import { findProblem } from "../../../harness/problems/index.ts";
import { compileProgram } from "../../../harness/program/compile_program.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const examples = join(import.meta.dirname, "../../../examples/programs");

/** Every decision of an episode as JSON, and its cost. */
function decisionsOf(envName: string, policy: Policy, seed: number, options: Record<string, unknown>) {
  const env = makeForPlay(envName);
  const decisions: string[] = [];
  const noted: Policy = {
    ...policy,
    begin(...args) {
      const turn = policy.begin(...args);
      return {
        decide(observation) {
          const decision = turn.decide(observation) as object;
          decisions.push(JSON.stringify(decision, (name, value) => (name === "program" ? null : value)));
          return decision;
        },
        apply: (choice) => turn.apply(choice),
      };
    },
  };
  const { cost } = playEpisode(env, noted, seed, options);
  return { decisions, cost };
}

describe("an example equals the heuristic that it states", () => {
  it.each([
    ["tiering", "memtis-colloid", "memtis_colloid.ts", { workload: "lua" }],
    ["gpu", "gpreempt-hint", "gpreempt_hint.ts", {}],
    ["congestion", "theta-powertcp", "theta_powertcp.ts", {}],
  ])("in %s: %s", (env, name, file, options) => {
    const problem = findProblem(makeForPlay(env).spec.id)!;
    const entry = problem.heuristics.find((one) => one.name === name)!;
    const program = findPolicy(env, join(examples, file));
    for (const seed of [1, 2]) {
      const builtIn = decisionsOf(env, heuristicPolicy({ tuned: {} }, entry), seed, options);
      expect(decisionsOf(env, program, seed, options)).toEqual(builtIn);
    }
  });

  it("in readahead: vma", () => {
    const problem = findProblem(makeForPlay("readahead").spec.id)!;
    const entry = problem.heuristics.find((one) => one.name === "vma")!;
    const read = (policy: Policy) => {
      const { decisions, cost } = decisionsOf("readahead", policy, 1, { workload: "lua" });
      // A decision's list is as long as the longest one; only the first `count` pages count.
      const pages = decisions.map((text) => {
        const { pages, count, before, marker, source } = JSON.parse(text);
        return [Array.from({ length: count }, (_, i) => pages[i]), before, marker, source];
      });
      return { pages, cost };
    };
    const builtIn = read(heuristicPolicy({ tuned: {} }, entry));
    expect(builtIn.pages.length).toBeGreaterThan(1000);
    expect(read(findPolicy("readahead", join(examples, "vma.ts")))).toEqual(builtIn);
  });
});

describe("a program", () => {
  const written = (source: string, name = "mine.ts") => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, source);
    return path;
  };

  it("may act on observations", () => {
    const path = written(
      "export const create = () => ({ act: (seen, mask) => (seen[2] + seen[3] > 0 ? 1 : 0) });",
      "pole.js",
    );
    const { return: total } = playEpisode(makeForPlay("cartpole"), findPolicy("cartpole", path), 1);
    expect(total).toBeGreaterThan(100);
  });

  it("gets the start values of its knobs, and refuses knobs that are none", () => {
    const knob = { name: "share", min: 0, max: 1, scale: "linear", start: 0.25 };
    const decide = `decide: () => ({ mechanism: "histogram", fastShare: knobs.share, moveRate: 2048, recency: 0.8, hysteresis: 1.5 })`;
    const source = (one: object) =>
      `export const knobs = ${JSON.stringify([one])}; export const create = (knobs) => ({ ${decide} });`;
    const turn = findPolicy("tiering", written(source(knob))).begin(reset("tiering"), 1);
    expect(turn.decide(null)).toMatchObject({ fastShare: 0.25 });
    for (const wrong of [{ ...knob, start: 2 }, { ...knob, scale: "log" }, { ...knob, max: "1" }, { name: "x" }]) {
      expect(() => findPolicy("tiering", written(source(wrong)))).toThrow(/^mine\.ts: knobs: /);
    }
  });

  it.each([
    ["const x: = 3;", /^mine\.ts:1:10: Unexpected token/],
    ["export function create() {\n  return { decide() { return 1; }\n}\n", /^mine\.ts:\d+:\d+: Expected '}'/],
    ["enum A { x }", /^mine\.ts:1:1: TypeScript enum is not supported/],
    ["export default function create() {}", /^mine\.ts:1:1: export by name/],
    ["export const decide = () => 1;", /^mine\.ts: a program exports create\(knobs\); it exports decide$/],
    ["export const create = 1;", /^mine\.ts: a program exports create/],
    ["export const create = () => 1;", /^mine\.ts: create must return an object/],
    ["export const create = () => ({});", /^mine\.ts: create must return an object with decide/],
    ["export function create() {\n\n  throw new TypeError('no');\n}", /^mine\.ts:3: TypeError: no$/],
    ["missing();\nexport const create = () => ({});", /^mine\.ts:1: TypeError: missing is not a function/],
  ])("says where it is wrong: %j", (source, message) => {
    expect(() => {
      const turn = findPolicy("tiering", written(source)).begin(reset("tiering"), 1);
      turn.decide(null);
    }).toThrow(message);
  });

  it("is at fault for a decision that the kernel refuses", () => {
    const path = written(`export const create = () => ({
      decide: () => ({ mechanism: "histogram", fastShare: 2, moveRate: 1, recency: 1, hysteresis: 1 }) });`);
    const turn = findPolicy("tiering", path).begin(reset("tiering"), 1);
    expect(() => turn.apply(turn.decide(null))).toThrow(
      "mine.ts: its decision is refused: fastShare must be from 0 to 1, got 2",
    );
  });

  it("keeps lines and columns when types are removed", () => {
    const { code, exports } = compileProgram(
      written("interface A { b: number }\nexport function create(k: A) { return k; }"),
    );
    expect(exports).toEqual(["create"]);
    expect(code.split("\n")[1]).toBe("       function create(k   ) { return k; }");
  });

  function reset(name: string) {
    const env = makeForPlay(name);
    env.reset({ seed: 1 });
    return env;
  }
});
