import { bracketedInterval } from "../compare/interval_text.ts";
import type { Interval } from "../compare/statistics.ts";
import { AGENT_COLOUR, hoverLayer, PICTURE_STYLE, RIVAL_COLOURS, specSvg } from "../pictures/picture.ts";

/** The value of one policy on one family of workloads. */
export interface FamilyValue {
  family: string;
  policy: string;
  value: number;
  /** 95 % interval; null if there is none, or it is not drawn. */
  interval: Interval | null;
}

/** Values of policies by family of workloads. */
export interface FamiliesPicture {
  title: string;
  subtitle: string;
  /** Title of the axis. */
  axis: string;
  /** Name of the agent, which is emphasised. */
  agent: string;
  /** Value of the bound. */
  bound: number;
  /**
   * Values below are drawn as hollow marks at this value: a very bad one would squeeze all others together. Null for
   * none.
   */
  floor: number | null;
  values: readonly FamilyValue[];
}

const WIDTH = 520;
const ROW = 26;
const LEGEND_LINE = 18;

const SHAPES = ["square", "triangle-up", "diamond", "cross", "triangle-down"];

/** Draws a line for each family, with a mark for each policy. @returns an SVG document */
export async function familiesSvg(picture: FamiliesPicture): Promise<string> {
  const { title, subtitle, axis, agent, bound, floor, values } = picture;
  const families = [...new Set(values.map(({ family }) => family))];
  const policies = [...new Set(values.map(({ policy }) => policy))].sort(
    (a, b) => Number(b === agent) - Number(a === agent),
  );
  const marks = new Map(
    policies.map((policy, i) => [
      policy,
      policy === agent
        ? { colour: AGENT_COLOUR, shape: "circle", size: 90 }
        : { colour: RIVAL_COLOURS[(i - 1) % RIVAL_COLOURS.length], shape: SHAPES[(i - 1) % SHAPES.length], size: 55 },
    ]),
  );
  const shown = (value: number): number => (floor === null ? value : Math.max(floor, value));
  const points = values.map((one) => ({
    ...one,
    ...marks.get(one.policy)!,
    at: shown(one.value),
    hollow: shown(one.value) !== one.value,
    low: one.interval === null ? null : shown(one.interval.low),
    high: one.interval === null ? null : shown(one.interval.high),
  }));
  const y = {
    field: "family",
    type: "nominal",
    title: null,
    scale: { domain: families },
    axis: { grid: true, labelLimit: 320, domain: false, ticks: false },
  };
  const x = {
    field: "at",
    type: "quantitative",
    title: axis,
    scale: { zero: false, padding: 12 },
    axis: { tickCount: 6 },
  };
  const colour = { field: "colour", type: "nominal", scale: null };
  const legend = policies.map((policy, i) => ({ policy, ...marks.get(policy)!, line: i * LEGEND_LINE + 8 }));
  const height = families.length * ROW;
  const legendMark = { y: { field: "line", type: "quantitative", scale: null, axis: null }, color: colour };
  return specSvg({
    ...PICTURE_STYLE,
    width: WIDTH,
    height,
    title: {
      text: title,
      subtitle: points.some(({ hollow }) => hollow) ? [subtitle, `hollow: below ${floor}`] : subtitle,
      anchor: "start",
      offset: 14,
      subtitlePadding: 5,
    },
    layer: [
      {
        data: { values: [{ at: bound }] },
        mark: { type: "rule", strokeDash: [2, 3], color: "#444444" },
        encoding: { x },
      },
      {
        data: { values: points.filter(({ low }) => low !== null) },
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" }, color: colour },
      },
      {
        data: { values: points },
        mark: { type: "point", strokeWidth: 1.6, opacity: 1 },
        encoding: {
          x,
          y,
          stroke: colour,
          fill: { condition: { test: "datum.hollow", value: "white" }, ...colour },
          shape: { field: "shape", type: "nominal", scale: null },
          size: { field: "size", type: "quantitative", scale: null },
        },
      },
      hoverLayer(points, hoverText, { x, y }),
      {
        data: { values: legend },
        mark: { type: "point", filled: true, size: 60, opacity: 1 },
        encoding: { x: { value: WIDTH + 16 }, ...legendMark, shape: { field: "shape", type: "nominal", scale: null } },
      },
      {
        data: { values: legend },
        mark: { type: "text", align: "left", baseline: "middle", fontSize: 11 },
        encoding: { x: { value: WIDTH + 28 }, ...legendMark, text: { field: "policy", type: "nominal" } },
      },
    ],
  });
}

function hoverText({ family, policy, value, interval }: FamilyValue): string {
  return `${policy} on ${family}: ${value.toFixed(3)}${bracketedInterval(interval)}`;
}
