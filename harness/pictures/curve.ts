import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { median } from "d3-array";
import type { TopLevelSpec } from "vega-lite";

/** Values of one training over its steps. */
export interface CurveSeries {
  /** Training seed. */
  seed: number;
  points: readonly { step: number; value: number }[];
}

/** A level that the curve is compared with. */
export interface CurveLine {
  name: string;
  value: number;
  /** Drawn in a lighter colour, dashed: the ends of the scale, not rivals. */
  limit?: boolean;
}

/** A learning curve. */
export interface Curve {
  title: string;
  subtitle: string;
  /** Name of the learner, written at its curve. */
  agent: string;
  /** What the vertical axis shows. */
  axis: string;
  series: readonly CurveSeries[];
  lines: readonly CurveLine[];
  /** Values below are not drawn: a first policy can be so bad that nothing else could be told apart. */
  floor?: number;
}

const WIDTH = 640;
const HEIGHT = 380;
const LABEL_GAP = 15;
const FONT = "DejaVu Sans";
/** After Okabe and Ito's palette, darkened so that labels are readable on white. */
export const AGENT_COLOUR = "#0072B2";
export const RIVAL_COLOURS = ["#C44E00", "#00795A", "#A8447E", "#7A5C00", "#5B3A8C", "#8C2D2D", "#555555"];
const LIMIT_COLOUR = "#444444";

/** What all pictures have in common, parts of a Vega-Lite specification. */
export const PICTURE_STYLE = {
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  padding: 12,
  autosize: { type: "pad", contains: "content" },
  background: "white",
  config: {
    font: FONT,
    title: { fontSize: 15, subtitleFontSize: 11, subtitleColor: "#444", fontWeight: "bold" },
    axis: {
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: "normal",
      titlePadding: 8,
      grid: true,
      gridColor: "#eeeeee",
      domainColor: "#999999",
      tickColor: "#999999",
    },
    view: { stroke: null },
  },
} as const;

/**
 * Draws a learning curve: value against environment steps; with several seeds the median, and a band from the lowest to
 * the highest. Reference lines carry their names at the right-hand side.
 *
 * @returns an SVG document
 * @throws RangeError when there is no point to draw
 */
export async function curveSvg(curve: Curve): Promise<string> {
  return specSvg(curveSpec(curve));
}

/** The SVG document of a Vega-Lite specification. */
export async function specSvg(spec: Record<string, unknown>): Promise<string> {
  // Loaded when needed: they take longer to load than most commands to run.
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const compiled = vegaLite.compile(spec as unknown as TopLevelSpec, {
    logger: vega.logger(vega.None),
  });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none", logLevel: vega.None });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** The same picture as PNG, twice as many pixels each way, drawn with the font files of the dejavu-fonts-ttf package. */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const fonts = join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
  const picture = new Resvg(svg, {
    fitTo: { mode: "zoom", value: 2 },
    background: "white",
    font: {
      fontFiles: [join(fonts, "DejaVuSans.ttf"), join(fonts, "DejaVuSans-Bold.ttf")],
      loadSystemFonts: false,
      defaultFontFamily: FONT,
    },
  });
  return picture.render().asPng();
}

/** Values of all seeds at the steps that every seed has. */
function merge(series: readonly CurveSeries[]): { step: number; middle: number; low: number; high: number }[] {
  const shortest = Math.min(...series.map(({ points }) => points.length));
  // Seeds whose episodes are of different lengths are not evaluated at quite the same steps.
  return Array.from({ length: series.length > 0 ? shortest : 0 }, (_, i) => {
    const points = series.map((one) => one.points[i]);
    const values = points.map(({ value }) => value);
    return {
      step: median(points, ({ step }) => step)!,
      middle: median(values)!,
      low: Math.min(...values),
      high: Math.max(...values),
    };
  });
}

/** Moves labels apart until none overlaps its neighbour, staying as near as possible to where they belong. */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  // Blocks of labels that touch each other; a block stands where the mean of its members' wishes is.
  const blocks: { members: number[]; start: number }[] = [];
  for (const label of order) {
    blocks.push({ members: [label], start: clamp(wanted[label], low, high) });
    for (let i = blocks.length - 1; i > 0; i--) {
      const [above, below] = [blocks[i], blocks[i - 1]];
      if (below.start + below.members.length * gap <= above.start) break;
      below.members.push(...above.members);
      const centre = below.members.reduce((sum, m, k) => sum + wanted[m] - k * gap, 0) / below.members.length;
      below.start = clamp(centre, low, Math.max(low, high - (below.members.length - 1) * gap));
      blocks.pop();
    }
  }
  const placed = new Array<number>(wanted.length);
  for (const { members, start } of blocks) {
    members.forEach((label, k) => {
      placed[label] = start + k * gap;
    });
  }
  return placed;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Least and greatest value of the vertical axis. */
function valueRange(curve: Curve, merged: ReturnType<typeof merge>): [number, number] {
  const floor = curve.floor ?? Number.NEGATIVE_INFINITY;
  const values = [...merged.flatMap(({ low, high }) => [low, high]), ...curve.lines.map(({ value }) => value)];
  const kept = values.map((value) => Math.max(floor, value));
  const [low, high] = [Math.min(...kept), Math.max(...kept)];
  const margin = 0.04 * (high - low || Math.abs(high) || 1);
  return [low - margin, high + margin];
}

/** The picture as a Vega-Lite specification. */
function curveSpec(curve: Curve): Record<string, unknown> {
  const merged = merge(curve.series);
  if (merged.length === 0) throw new RangeError(`no points to draw in "${curve.title}"`);
  const [low, high] = valueRange(curve, merged);
  const floor = curve.floor ?? Number.NEGATIVE_INFINITY;
  const lastStep = merged[merged.length - 1].step;
  const lines = curve.lines.filter(({ value }) => value >= low);
  const rivals = lines.filter(({ limit }) => !limit);
  const colourOf = (line: CurveLine): string =>
    line.limit ? LIMIT_COLOUR : RIVAL_COLOURS[rivals.indexOf(line) % RIVAL_COLOURS.length];
  const last = merged[merged.length - 1].middle;
  const labels = [
    { text: curve.agent, value: last, colour: AGENT_COLOUR, bold: true },
    ...lines.map((line) => ({ text: line.name, value: line.value, colour: colourOf(line), bold: false })),
  ];
  const placed = spreadLabels(
    labels.map(({ value }) => value),
    (LABEL_GAP * (high - low)) / HEIGHT,
    low,
    high,
  );
  const x = {
    field: "step",
    type: "quantitative",
    title: "environment steps",
    scale: { domain: [0, lastStep], nice: false },
  };
  const y = { type: "quantitative", title: curve.axis, scale: { domain: [low, high], nice: false, zero: false } };
  const hidden = curve.lines.filter(({ value }) => value < low);
  const notes = [
    ...(merged.some((point) => point.low < floor) ? [`values below ${format(floor)} are not drawn`] : []),
    ...(hidden.length > 0
      ? [`below the picture: ${hidden.map(({ name, value }) => `${name} ${format(value)}`).join(", ")}`]
      : []),
  ];
  return {
    ...PICTURE_STYLE,
    width: WIDTH,
    height: HEIGHT,
    title: { text: curve.title, subtitle: [curve.subtitle, ...notes], anchor: "start", offset: 14, subtitlePadding: 5 },
    layer: [
      {
        data: {
          values: lines.map((line) => ({ value: line.value, colour: colourOf(line), limit: line.limit === true })),
        },
        mark: { type: "rule", strokeWidth: 1.3, clip: true },
        encoding: {
          y: { ...y, field: "value" },
          color: { field: "colour", type: "nominal", scale: null },
          strokeDash: { condition: { test: "datum.limit", value: [2, 3] }, value: [7, 3] },
        },
      },
      ...(curve.series.length > 1
        ? [
            {
              data: { values: merged },
              mark: { type: "area", opacity: 0.2, color: AGENT_COLOUR, clip: true },
              encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
            },
          ]
        : []),
      {
        data: { values: merged },
        mark: { type: "line", strokeWidth: 2.5, color: AGENT_COLOUR, clip: true, point: merged.length === 1 },
        encoding: { x, y: { ...y, field: "middle" } },
      },
      hoverLayer(merged, (point) => hoverText(curve, point), { x, y: { ...y, field: "middle" } }),
      {
        data: { values: labels.map((label, i) => ({ ...label, at: placed[i], to: label.value })) },
        mark: { type: "rule", strokeWidth: 0.8 },
        encoding: {
          x: { value: WIDTH + 2 },
          x2: { value: WIDTH + 14 },
          y: { ...y, field: "to" },
          y2: { field: "at" },
          color: { field: "colour", type: "nominal", scale: null },
        },
      },
      ...[true, false].map((bold) => ({
        data: {
          values: labels
            .map(({ text, value, ...label }, i) => ({ ...label, text: `${text} ${format(value)}`, at: placed[i] }))
            .filter((label) => label.bold === bold),
        },
        mark: { type: "text", align: "left", baseline: "middle", fontSize: 11, fontWeight: bold ? "bold" : "normal" },
        encoding: {
          x: { value: WIDTH + 18 },
          y: { ...y, field: "at" },
          text: { field: "text", type: "nominal" },
          color: { field: "colour", type: "nominal", scale: null },
        },
      })),
    ],
  };
}

/**
 * Points that are not seen and carry a text: of a picture in a page, it is shown where somebody points. They have it as `aria-label`,
 * for those who listen to a page too.
 */
export function hoverLayer<Datum extends object>(
  values: readonly Datum[],
  text: (datum: Datum) => string,
  place: Record<string, unknown>,
): Record<string, unknown> {
  return {
    data: { values: values.map((datum) => ({ ...datum, hover: text(datum) })) },
    mark: { type: "point", size: 90, opacity: 0, clip: true },
    encoding: { ...place, description: { field: "hover", type: "nominal" } },
  };
}

function hoverText({ agent, series }: Curve, { step, middle, low, high }: ReturnType<typeof merge>[number]): string {
  const spread = series.length > 1 ? `, seeds from ${format(low)} to ${format(high)}` : "";
  return `${agent} after ${step.toLocaleString("en")} steps: ${format(middle)}${spread}`;
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2).replace("-", "\u2212");
}
