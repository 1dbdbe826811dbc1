import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { printSummary } from "../../cli/summary_table.ts";
import type { EvaluationRecord } from "../../harness/compare/evaluation_record.ts";
import { summarise } from "../../harness/compare/summary.ts";
import type { PolicyRole } from "../../harness/play/policy.ts";

/** Episodes of one workload. */
function records(policy: string, role: PolicyRole, scores: number[]): EvaluationRecord[] {
  return scores.map((score, episode) => ({
    policy,
    role,
    training_seed: role === "agent" ? 1 : null,
    split: "test",
    workload: "one",
    seed: 2_000_000 + episode,
    episode,
    return: -score,
    cost: 1 - score,
    score,
    bound: 0,
    default_cost: 1,
    steps: 5,
    decision_us: 1,
    condition: null,
    sees: policy === "es" ? "RTT" : null,
    policy_bytes: null,
    charged_score: null,
    measures: { p99_us: 100 - 10 * score, jain: role === "default" ? null : 0.9 },
  }));
}

const measures = [
  { metric: "p99_us", better: "less", digits: 1 },
  { metric: "jain", better: "more", digits: 3 },
] as const;
const all = [...records("shipped", "default", [0, 0, 0]), ...records("es", "agent", [0.5, 0.6, 0.7])];

describe("printSummary", () => {
  let text = "";
  let said = "";
  beforeEach(() => {
    text = "";
    said = "";
    vi.spyOn(process.stdout, "write").mockImplementation((part) => {
      text += part;
      return true;
    });
    vi.spyOn(process.stderr, "write").mockImplementation((part) => {
      said += part;
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());

  /** Cells by table; empty lines separate the tables. */
  const tables = () =>
    text
      .trim()
      .split("\n\n")
      .map((table) =>
        table
          .split("\n")
          .map((line) => line.trim().split(/ {2,}/))
          .filter(([first]) => !/^-+$/.test(first)),
      );

  it("has a column for each measure, and a table of what the learner has minus each rival", () => {
    printSummary(summarise(all, { measures }), "es");
    const [main, differences] = tables();
    expect(main[0].slice(-2)).toEqual(["p99_us", "jain"]);
    expect(main.map((cells) => cells.slice(0, 3))).toEqual([
      ["policy", "role", "sees"],
      ["es", "agent", "RTT"],
      ["shipped", "default", "0.000"],
    ]);
    expect(main[1].slice(-2)).toEqual(["94.0", "0.900"]);
    expect(main[2].at(-1)).toBe("100.0");
    expect(differences).toEqual([
      ["es minus it:"],
      ["policy", "p99_us", "95 %", "jain", "95 %"],
      ["shipped", "-6.0", "-7.0 to -5.0"],
    ]);
    expect(said).toMatch(/^p99_us: means .*less is better$/m);
    expect(said).toMatch(/^jain: means .*more is better$/m);
  });

  it("has the size of a policy and its score with deciding charged beside the time of a decision", () => {
    printSummary(summarise(all), "es");
    expect(tables()[0][0]).not.toContain("bytes");
    text = "";
    const costly = all.map((record) =>
      record.role === "agent" ? { ...record, policy_bytes: 400, charged_score: 0.25 } : record,
    );
    printSummary(summarise(costly), "es");
    const [head, es] = tables()[0];
    const at = head.indexOf("us/decision");
    expect(head.slice(at, at + 3)).toEqual(["us/decision", "bytes", "charged"]);
    expect(es).toEqual(expect.arrayContaining(["400", "0.250"]));
    expect(said).toMatch(/^charged: the score if every decision costs/m);
  });

  it("has one table without measures or a learner", () => {
    printSummary(summarise(all), "es");
    printSummary(summarise(all, { measures }), null);
    expect(tables()).toHaveLength(1);
    expect(text).not.toMatch(/minus it:/);
  });

  it("has a table of costs by family, in which a word marks where the learner is worse than the default", () => {
    const families = { of: new Map([["one", "first"]]), seenByAll: ["ECN"] };
    const worse = [...records("shipped", "default", [0, 0, 0]), ...records("es", "agent", [-0.5, -0.6, -0.7])];
    printSummary(summarise(worse, { families }), "es");
    expect(tables()[1]).toEqual([
      ["costs by family of workloads:"],
      ["family", "es", "shipped", "es minus it", "95 %", "best that sees no more", "best of all"],
      ["first", "1.600", "1.000", "0.600", "0.500 to 0.700", "worse", "1.000 shipped", "1.000 shipped"],
    ]);
    expect(said).toMatch(/^worse: .* in 1 of 1 families$/m);
    text = "";
    printSummary(summarise(all, { families }), "es");
    expect(tables()[1][2]).not.toContain("worse");
  });

  it("says what policies see where one of them says so", () => {
    printSummary(summarise(records("shipped", "default", [0, 0, 0])), null);
    expect(tables()[0][0].slice(0, 3)).toEqual(["policy", "role", "score"]);
  });
});
