import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEVICE_PROFILES } from "../../kernel/readahead/device.ts";
import { readaheadWorkloads } from "../../workloads/readahead_catalog.ts";

const page = readFileSync(new URL("../../docs/readahead.md", import.meta.url), "utf8");

describe("docs/readahead.md", () => {
  it("has every device with the figures, source and trust that the code has", () => {
    const figure = (value: number) => `${Number(value.toFixed(2))}`;
    expect(cellsUnder("Devices")).toEqual(
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
    expect(cellsUnder("Workloads").map((cells) => cells.slice(0, 3))).toEqual(
      readaheadWorkloads.map(({ name, split, source }) => [
        `\`${name}\``,
        split,
        source === "trace" ? "recording" : source,
      ]),
    );
  });
});

/** Cells of the first table of a section, without its head. */
function cellsUnder(heading: string): string[][] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const table = section.split("\n\n").find((block) => block.startsWith("| ")) ?? "";
  return table
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
