import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { hyperparameterPreset } from "../../harness/problems/training_defaults.ts";
import { FEATURES } from "../../kernel/readahead/candidates.ts";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { readaheadWorkloads } from "../../workloads/readahead/catalog.ts";
import { cellsUnder } from "./page_cells.ts";

const page = readFileSync(new URL("../../docs/readahead.md", import.meta.url), "utf8");

describe("docs/readahead.md", () => {
  it("has every device with the figures, source and trust that the code has", () => {
    const figure = (value: number) => `${Number(value.toFixed(2))}`;
    expect(cellsUnder(page, "Devices")).toEqual(
      Object.values(DEVICE_PROFILES).map(
        ({ name, synchronous, faultUs, latencyUs, pageUs, storeUs, queueDepth, trust, source }) => [
          `\`${name}\``,
          synchronous ? "yes" : "no",
          ...[faultUs, latencyUs, pageUs, storeUs, queueDepth].map(figure),
          trust,
          source,
        ],
      ),
    );
  });

  it("has every workload with its split and source", () => {
    expect(cellsUnder(page, "Workloads").map((cells) => cells.slice(0, 3))).toEqual(
      readaheadWorkloads.map(({ name, split, source }) => [
        `\`${name}\``,
        split,
        source === "trace" ? "recording" : source,
      ]),
    );
  });
});

test("the bandit trusts what a global history buffer would choose, and taxes pages", () => {
  const { trusted, taxed } = hyperparameterPreset("ring0/Readahead-v1", "bandit");
  expect(FEATURES[trusted as number]).toBe("what a global history buffer would choose");
  expect(FEATURES[taxed as number]).toBe("pages it would read now / 16");
});
