import { describe, expect, it } from "vitest";
import { type Curve, curveSvg } from "../../../harness/pictures/learning_curve.ts";
import { svgFault } from "../../../harness/report/svg_fault.ts";

const CURVE: Curve = {
  title: 'on = "a" < b & c > <script>',
  subtitle: "url(http://elsewhere) on two lines\nof text",
  agent: "ppo",
  axis: "score",
  series: [1, 2, 3].map((seed) => ({ seed, points: [1, 2].map((step) => ({ step, value: step / seed })) })),
  lines: [{ name: "first-touch (default)", value: 0, limit: true }],
  floor: -1,
};

describe("svgFault", () => {
  it("finds nothing in what is drawn here, whatever its texts", async () => {
    expect(svgFault(await curveSvg(CURVE))).toBeNull();
  });

  it.each([
    ["<script>alert(1)</script>", "<script>"],
    ["<SCRIPT>alert(1)</SCRIPT>", "<SCRIPT>"],
    ['<rect onload="alert(1)"/>', 'onload="alert(1)">'],
    ['<rect aria-label="a>b" ONCLICK="alert(1)"/>', 'ONCLICK="alert(1)">'],
    ["<rect onload=alert(1)>", "onload=alert(1)>"],
    ["<rect/onload='alert(1)'>", "<rect/onload='alert(1)'>"],
    ["<foreignObject></foreignObject>", "<foreignObject>"],
    ['<g xlink:href="https://elsewhere/x"/>', 'xlink:href="https://elsewhere/x">'],
    ['<g href="javascript:alert(1)"/>', 'href="javascript:alert(1)">'],
    ['<rect fill="url(https://elsewhere/x)"/>', 'fill="url(https://elsewhere/x)">'],
    ['<rect style="fill:&#117;rl(//x)"/>', 'style="fill:&#117;rl(//x)">'],
    ["<!--", "<!--</svg>"],
    ["<!-- > <img src=x> -->", "<!-- >"],
    ["<![CDATA[<img src=x>]]>", "<![CDATA[<img src=x>"],
    ["<title><img src=x></title>", "<img src=x>"],
    ["<style>@import 'x'</style>", "<style>"],
    ['<image href="x"/>', '<image href="x">'],
    ["<g>", "</svg>"],
    ["</svg><img src=x>", "<img src=x>"],
    ["</section>", "</section>"],
  ])("refuses %s", (part, fault) => {
    expect(svgFault(`<svg>${part}</svg>`)).toBe(fault);
  });

  it("takes signs in texts that are escaped elsewhere", () => {
    expect(svgFault('<svg><path aria-label="a > b &amp; c/>" d="M0,0"/></svg>')).toBeNull();
  });

  it("takes references to parts of the picture, and refuses what is none", () => {
    expect(svgFault('<svg><g clip-path="url(#clip1)"></g></svg>')).toBeNull();
    expect(svgFault("")).toBe("no <svg");
  });
});
