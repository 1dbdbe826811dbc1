import { median } from "d3-array";
import type { PolicyRole } from "../play/policy.ts";
import { AGENT_COLOUR, hoverLayer, PICTURE_STYLE, RIVAL_COLOURS, specSvg } from "./picture.ts";
import { spreadLabels } from "./spread_labels.ts";

/** Values of one training over its steps. */
export interface CurveSeries {
  /** Training seed. */
  seed: number;
  points: readonly { step: number; value: number }[];
}

/** A level to compare the curve with. */
export interface CurveLine {
  name: string;
  value: number;
  /** Whether it is an end of the scale and no rival; dotted, in a lighter colour. */
  limit?: boolean;
}

/** A learning curve. */
export interface Curve {
  title: string;
  subtitle: string;
  /** Name of the learner, the label of its curve. */
  agent: string;
  /** Title of the vertical axis. */
  axis: string;
  series: readonly CurveSeries[];
  lines: readonly CurveLine[];
  /** Values below are not drawn: a very bad first policy would squeeze all other values together. */
  floor?: number;
}

/** Pictures leave out scores below. */
export const SCORE_FLOOR = -1;

const WIDTH = 640;
const HEIGHT = 380;
const LABEL_GAP = 15;
const LIMIT_COLOUR = "#444444";

/** The parts that differ between learning curves. */
export interface LearningCurve extends Pick<Curve, "agent" | "subtitle" | "series" | "lines"> {
  /** Registry id. */
  env: string;
  /** Whether values are scores; otherwise they are returns. */
  scored: boolean;
}

/** The picture of how an agent learned. */
export function learningCurve({ env, scored, ...curve }: LearningCurve): Curve {
  return {
    ...curve,
    title: `${curve.agent} on ${env}`,
    axis: scored ? "score (0 = default, 1 = bound)" : "return",
    ...(scored && { floor: SCORE_FLOOR }),
  };
}

/** The lines that show the levels of other policies. */
export function curveLines(levels: readonly { policy: string; role: PolicyRole; value: number }[]): CurveLine[] {
  return levels.map(({ policy, role, value }) => ({
    name: role === "default" ? `${policy} (default)` : policy,
    value,
    limit: role === "default" || role === "reference" || role === "bound",
  }));
}

/**
 * Draws a learning curve: value against environment steps. Several seeds give the median and a band from the lowest to
 * the highest. The names of reference lines stand at the right-hand side.
 *
 * @returns an SVG document
 * @throws RangeError if there is no point to draw
 */
export async function curveSvg(curve: Curve): Promise<string> {
  return specSvg(curveSpec(curve));
}

/** Values of all seeds at the steps that every seed has. */
function merge(series: readonly CurveSeries[]): { step: number; middle: number; low: number; high: number }[] {
  const shortest = Math.min(...series.map(({ points }) => points.length));
  // If episodes differ in length, seeds are evaluated at slightly different steps.
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

function hoverText({ agent, series }: Curve, { step, middle, low, high }: ReturnType<typeof merge>[number]): string {
  const spread = series.length > 1 ? `, seeds from ${format(low)} to ${format(high)}` : "";
  return `${agent} after ${step.toLocaleString("en")} steps: ${format(middle)}${spread}`;
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2).replace("-", "\u2212");
}
