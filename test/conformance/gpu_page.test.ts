import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GPU_CHOICES } from "../../envs/gpu/actions.ts";
import { ARCHITECTURES, switchNs } from "../../kernel/gpu/architecture.ts";
import { GPU_METRICS } from "../../kernel/gpu/metrics.ts";
import { gpuWorkloads } from "../../workloads/gpu/catalog.ts";
import { cellsUnder } from "./page_cells.ts";

const page = readFileSync(new URL("../../docs/gpu.md", import.meta.url), "utf8");

const named = (name: string) => `\`${name}\``;

describe("docs/gpu.md", () => {
  it("has every GPU with the figures that the code has", () => {
    const figure = (value: number) => `${Number(value.toFixed(1))}`;
    expect(cellsUnder(page, "Architectures").map((cells) => cells.slice(0, 8))).toEqual(
      ARCHITECTURES.map((gpu) => [
        named(gpu.name),
        `${gpu.multiprocessors}`,
        ...[gpu.contextBytes / 2 ** 20, gpu.bandwidth].map(figure),
        ...[gpu.saveNs, gpu.baseNs, switchNs(gpu)].map((ns) => figure(ns / 1000)),
        figure(gpu.timeoutNs / 1e9),
      ]),
    );
  });

  it("has every workload with its family and split", () => {
    expect(cellsUnder(page, "Workloads").map((cells) => cells.slice(0, 3))).toEqual(
      gpuWorkloads.map(({ name, family, split }) => [named(name), family, split]),
    );
  });

  it("has every choice of the action", () => {
    expect(cellsUnder(page, "What a policy decides").map((cells) => cells.slice(0, 2))).toEqual(
      GPU_CHOICES.map(({ name, critical }) => [named(name), critical ? "critical" : "best effort"]),
    );
  });

  it("has every figure of a run", () => {
    const names = cellsUnder(page, "Metrics of `simulate`").flatMap(([cell]) => cell.split(", "));
    expect(names).toEqual(GPU_METRICS.map(named));
  });
});
