import { describe, expect, it } from "vitest";
import { type Curve, curveSvg } from "../../../harness/pictures/learning_curve.ts";
import { loadPngRenderer } from "../../../harness/pictures/png_renderer.ts";
import { spreadLabels } from "../../../harness/pictures/spread_labels.ts";

const curve: Curve = {
  title: "ppo on an environment",
  subtitle: "for a test",
  agent: "ppo",
  axis: "score",
  series: [
    { seed: 1, points: [0, 1, 2, 3].map((i) => ({ step: 100 * i, value: i / 4 })) },
    { seed: 2, points: [0, 1, 2].map((i) => ({ step: 100 * i, value: i / 3 })) },
  ],
  lines: [
    { name: "bound", value: 1, limit: true },
    { name: "rival", value: 0.99 },
    { name: "hopeless", value: -9 },
  ],
  floor: -1,
};

describe("spreadLabels", () => {
  it("leaves labels alone that have room", () => {
    expect(spreadLabels([5, 1, 9], 2, 0, 10)).toEqual([5, 1, 9]);
  });

  it("parts those that overlap, around where they belong and in their order", () => {
    expect(spreadLabels([5, 5.2, 1], 2, 0, 10)).toEqual([4.1, 6.1, 1]);
    const placed = spreadLabels([1, 0.98, 0.97, 0.96, 0], 0.1, -1, 1.05);
    const sorted = [...placed].sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i++) expect(sorted[i] - sorted[i - 1]).toBeGreaterThan(0.0999);
    expect(placed[0]).toBeGreaterThan(placed[1]);
    expect(Math.max(...placed)).toBeLessThanOrEqual(1.0501);
  });
});

describe("curveSvg", () => {
  it("draws curve, lines and names, and says what it leaves out", async () => {
    const svg = await curveSvg(curve);
    for (const text of ["ppo on an environment", "environment steps", "bound 1.00", "rival 0.99"]) {
      expect(svg).toContain(text);
    }
    // The last step that both seeds have is 200: their median there is (0.5 + 2 / 3) / 2.
    expect(svg).toContain("ppo 0.58");
    expect(svg).toContain("below the picture: hopeless −9.00");
  });

  it("refuses to draw nothing", async () => {
    await expect(curveSvg({ ...curve, series: [] })).rejects.toThrow(/no points to draw/);
  });

  it("gives a PNG with the letters drawn", async () => {
    const svg = await curveSvg(curve);
    const draw = await loadPngRenderer();
    const png = draw(svg)!;
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const silent = draw(svg.replaceAll(/<text[^>]*>[^<]*<\/text>/g, ""))!;
    expect(png.length).toBeGreaterThan(1.5 * silent.length);
  });
});
