import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SHIPPED_DCQCN } from "../../baselines/congestion/dcqcn.ts";
import { SHIPPED_DCTCP } from "../../baselines/congestion/dctcp.ts";
import { SHIPPED_HPCC } from "../../baselines/congestion/hpcc.ts";
import { SHIPPED_POWERTCP } from "../../baselines/congestion/powertcp.ts";
import { SHIPPED_RL_CC } from "../../baselines/congestion/rl_cc.ts";
import { SHIPPED_SWIFT } from "../../baselines/congestion/swift.ts";
import { SHIPPED_THETA } from "../../baselines/congestion/theta_powertcp.ts";
import { SHIPPED_TIMELY } from "../../baselines/congestion/timely.ts";
import { incastMetrics } from "../../harness/scenarios/congestion.ts";
import { validate } from "../../harness/validate/validate.ts";
import { SHIPPED_BBR } from "../../kernel/congestion/programs/bbr.ts";
import { SHIPPED_CUBIC } from "../../kernel/congestion/programs/cubic.ts";
import { congestionWorkloads } from "../../workloads/congestion/catalog.ts";
import { cellsUnder } from "./page_cells.ts";

const page = readFileSync(new URL("../../docs/congestion.md", import.meta.url), "utf8");

const named = (name: string) => `\`${name}\``;

const SHIPPED = {
  dcqcn: SHIPPED_DCQCN,
  dctcp: SHIPPED_DCTCP,
  timely: SHIPPED_TIMELY,
  swift: SHIPPED_SWIFT,
  "rl-cc": SHIPPED_RL_CC,
  "theta-powertcp": SHIPPED_THETA,
  hpcc: SHIPPED_HPCC,
  powertcp: SHIPPED_POWERTCP,
  cubic: SHIPPED_CUBIC,
  bbr: SHIPPED_BBR,
};

/** Numbers of a program's constants by name, those of parts among them. */
function constants(of: object): string {
  return Object.entries(of)
    .flatMap(([name, value]) => {
      if (typeof value === "number") return [`${name} ${value === Infinity ? "unbounded" : shown(value)}`];
      return typeof value === "object" && value !== null ? [constants(value)] : [];
    })
    .join(", ");
}

/** A figure with four digits; what is nearly 0 is 0. */
function shown(value: number): string {
  return Math.abs(value) < 1e-9 ? "0" : `${Number(value.toPrecision(4))}`;
}

/** Tables of targets, and which of those that hold stand in each. */
const TARGETS = [
  ["Other simulators", /^congestion\/(ns3|htsim)-/],
  ["Closed forms", /^congestion\/(framing|hpcc|dcqcn|joint)-/],
  ["Chunks", /^congestion\/chunk-/],
  ["Linux's window fix", /^congestion\/smc-/],
] as const;

const targets = await validate("congestion");

describe("docs/congestion.md", () => {
  it("has the constants that programs ship with", () => {
    expect(cellsUnder(page, "Shipped constants")).toEqual(
      Object.entries(SHIPPED).map(([name, of]) => [named(name), constants(of)]),
    );
  });

  it("has every figure of a run", () => {
    const names = cellsUnder(page, "Metrics of `simulate`").flatMap(([cell]) => cell.split(", "));
    expect(names).toEqual(
      Object.keys(incastMetrics("pfc-only", { senders: 1, bytes: 1000 })).map((name) => named(name)),
    );
  });

  it("has every workload with its family, split, fabric and speed", () => {
    expect(cellsUnder(page, "Workloads").map((cells) => cells.slice(0, 5))).toEqual(
      congestionWorkloads.map(({ name, family, split, open }) => {
        const { topology } = open(0);
        return [named(name), family, split, topology.name, `${8 * topology.rate[0]}`];
      }),
    );
  });

  describe("has what the command prints:", () => {
    const held = targets.filter(({ holds }) => holds);

    it("how many targets hold", () => {
      expect(page).toContain(`${held.length} of ${targets.length} hold`);
    });

    it.each([
      ...TARGETS.map(([heading, ids]) => [heading, held.filter(({ id }) => ids.test(id))] as const),
      ["These do not hold", targets.filter(({ holds }) => !holds)] as const,
    ])("%s", (heading, expected) => {
      expect(cellsUnder(page, heading)).toEqual(
        expected.map((target) => [
          named(target.id),
          target.quantity,
          ...[target.expected, target.simulated, target.tolerance].map(shown),
        ]),
      );
    });

    it("no target that is in no table", () => {
      const rows = [...TARGETS.map(([heading]) => heading), "These do not hold"].flatMap((heading) =>
        cellsUnder(page, heading),
      );
      expect(rows.map(([id]) => id).sort()).toEqual(targets.map(({ id }) => named(id)).sort());
    });
  });
});
