import { describe, expect, it } from "vitest";
import { type SummaryTextOptions, summaryText } from "../../cli/summary_text.ts";
import { tableText } from "../../cli/text_table.ts";
import type { EvaluationRecord } from "../../harness/compare/evaluation_record.ts";
import { type SummaryTable, summarise } from "../../harness/compare/summary.ts";
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

const texts = (table: SummaryTable, learner: string | null, options: Partial<SummaryTextOptions> = {}) => {
  const { tables: text, notes } = summaryText(table, { learner, all: true, rest: "", ...options });
  /** Cells by table; empty lines separate the tables. */
  const tables = text
    .trim()
    .split("\n\n")
    .map((part) =>
      part
        .split("\n")
        .map((line) => line.trim().split(/ {2,}/))
        .filter(([first]) => !/^-+$/.test(first)),
    );
  return { text, tables, notes: notes.join("\n") };
};

describe("all of a comparison", () => {
  it("has a column for each measure, and a table of what the learner has minus each rival", () => {
    const {
      tables: [main, differences],
      notes,
    } = texts(summarise(all, { measures }), "es");
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
    expect(notes).toMatch(/^p99_us: means .*less is better$/m);
    expect(notes).toMatch(/^jain: means .*more is better$/m);
  });

  it("has the size of a policy and its score with deciding charged beside the time of a decision", () => {
    expect(texts(summarise(all), "es").tables[0][0]).not.toContain("bytes");
    const costly = all.map((record) =>
      record.role === "agent" ? { ...record, policy_bytes: 400, charged_score: 0.25 } : record,
    );
    const { tables, notes } = texts(summarise(costly), "es");
    const [head, es] = tables[0];
    const at = head.indexOf("us/decision");
    expect(head.slice(at, at + 3)).toEqual(["us/decision", "bytes", "charged"]);
    expect(es).toEqual(expect.arrayContaining(["400", "0.250"]));
    expect(notes).toMatch(/^charged: the score if every decision costs/m);
  });

  it("has one table without measures or a learner", () => {
    for (const { tables, text } of [texts(summarise(all), "es"), texts(summarise(all, { measures }), null)]) {
      expect(tables).toHaveLength(1);
      expect(text).not.toMatch(/minus it:/);
    }
  });

  const families = { of: new Map([["one", "first"]]), seenByAll: ["ECN"] };
  const worse = [...records("shipped", "default", [0, 0, 0]), ...records("es", "agent", [-0.5, -0.6, -0.7])];

  it("has a table of costs by family, in which a word marks where the learner is worse than the default", () => {
    const { tables, notes } = texts(summarise(worse, { families }), "es");
    expect(tables[1]).toEqual([
      ["costs by family of workloads:"],
      ["family", "es", "shipped", "es minus it", "95 %", "best that sees no more", "best of all"],
      ["first", "1.600", "1.000", "0.600", "0.500 to 0.700", "worse", "1.000 shipped", "1.000 shipped"],
    ]);
    expect(notes).toMatch(/es is worse than shipped, by the whole interval, in 1 of 1 families$/m);
    expect(texts(summarise(all, { families }), "es").tables[1][2]).not.toContain("worse");
  });

  it("of families, a short form has only those in which the learner is worse", () => {
    expect(texts(summarise(worse, { families }), "es", { all: false }).tables).toHaveLength(2);
    expect(texts(summarise(all, { families }), "es", { all: false }).tables).toHaveLength(1);
  });

  it("says what policies see where one of them says so", () => {
    const { tables } = texts(summarise(records("shipped", "default", [0, 0, 0])), null);
    expect(tables[0][0].slice(0, 3)).toEqual(["policy", "role", "score"]);
  });
});

describe("a short comparison of many policies", () => {
  const roles = ["default", "simple", "static", "published", "hand-rule"] as const;
  const rivals = Array.from({ length: 30 }, (_, i) =>
    records(`rival-${i}`, roles[i % roles.length], [0.02 * i, 0.02 * i, 0.02 * i + 0.01]),
  );
  const table = summarise([...rivals.flat(), ...records("es", "agent", [0.355, 0.355, 0.36])], { measures });

  it.each([80, 100, 200])(
    "fits into %i columns, with the learner, its neighbours and the best of each role",
    (width) => {
      const { text, tables, notes } = texts(table, "es", {
        all: false,
        width,
        rest: "--all prints everything, and summary.json has it",
      });
      for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
      expect(tables).toHaveLength(1);
      expect(tables[0].slice(1).map(([name]) => name)).toEqual([
        "rival-29",
        "rival-28",
        "rival-27",
        "rival-26",
        "rival-25",
        "rival-18",
        "es",
        "rival-17",
      ]);
      expect(tables[0][0]).toEqual(expect.arrayContaining(["policy", "score", "p99_us", "es minus it"]));
      expect(notes).toMatch(
        /left out: up to 23 policies a table, .*; --all prints everything, and summary.json has it$/m,
      );
    },
  );

  it("has the policies that the user named", () => {
    const named = ["rival-3", "rival-7"];
    const shown = texts(table, "es", { all: false, named }).tables[0].map(([name]) => name);
    expect(shown).toEqual(expect.arrayContaining(named));
    expect(shown).toHaveLength(11);
  });

  it("is whole with all", () => {
    expect(texts(table, "es").tables[0]).toHaveLength(32);
    expect(texts(table, "es").notes).not.toMatch(/left out: up to/);
  });
});

describe("tableText", () => {
  it("breaks the texts of its widest column where it is too wide", () => {
    const text = tableText(["name", "description"], [["one", "words ".repeat(30).trim()]], 60);
    const lines = text.trimEnd().split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(text.match(/words/g)).toHaveLength(30);
  });
});
