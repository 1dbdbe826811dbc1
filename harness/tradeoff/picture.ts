import { AGENT_COLOUR, PICTURE_STYLE, RIVAL_COLOURS, specSvg } from "../pictures/picture.ts";
import type { Measure } from "../problems/problem.ts";
import { ALL_CONDITIONS, type TradeoffPoint } from "./point.ts";

/** Curves of policies between the two sides of a trade-off. */
export interface TradeoffPicture {
  title: string;
  /** Lines below the title. */
  subtitle: readonly string[];
  /** Labels of the axes. */
  x: string;
  y: string;
  /** Metrics that are drawn below the curves, each in its own panels. */
  measures: readonly Measure[];
  points: readonly TradeoffPoint[];
}

/** Size of a panel, pixels. */
const WIDTH = 400;
const HEIGHT = 290;

/**
 * Space between panels for axes and their titles, pixels. Panels are placed by their frames, so that they align
 * vertically.
 */
const GAP = 54;

/** Height of a legend line, pixels. */
const LEGEND_LINE = 20;

/**
 * A vertical axis over a greater ratio than this is logarithmic. A very bad default would hide all other differences
 * otherwise.
 */
const LARGEST_LINEAR = 5;

const COLOURS = [AGENT_COLOUR, ...RIVAL_COLOURS];
const SHAPES = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "triangle-down",
  "cross",
  "triangle-right",
  "triangle-left",
];

/**
 * Draws y of each policy's points against x, and every measure below it: one panel per condition, or one panel if there
 * are no conditions. All panels share the horizontal axis; panels of one line share the vertical axis. A hollow point
 * is the least value of the swept constant.
 *
 * @returns an SVG document
 * @throws RangeError if there are no points
 */
export async function tradeoffSvg({ title, subtitle, x, y, measures, points }: TradeoffPicture): Promise<string> {
  if (points.length === 0) throw new RangeError(`no points to draw in "${title}"`);
  const conditions = [...new Set(points.map(({ condition }) => condition))].filter((name) => name !== ALL_CONDITIONS);
  const columns = conditions.length > 0 ? conditions : [ALL_CONDITIONS];
  const drawn = points.filter(({ condition }) => columns.includes(condition));
  const quantities = [{ label: y, of: (point: TradeoffPoint) => point.y }];
  for (const { metric } of measures) quantities.push({ label: metric, of: (point) => point.measures[metric]! });
  const marks = marksOf(points);
  const horizontal = axisOf(
    drawn.map((point) => point.x),
    false,
  );
  return specSvg({
    ...PICTURE_STYLE,
    title: { text: title, subtitle, anchor: "start", offset: 16, subtitlePadding: 5 },
    spacing: GAP,
    bounds: "flush",
    columns: columns.length,
    concat: [
      ...quantities.flatMap(({ label, of }, line) => {
        const vertical = axisOf(drawn.map(of), true);
        return columns.map((condition, column) => {
          const own = drawn.filter((point) => point.condition === condition);
          return {
            width: WIDTH,
            height: HEIGHT,
            data: {
              values: own.map((point) => ({
                ...marks.get(point.policy),
                policy: point.policy,
                x: point.x,
                y: of(point),
                value: point.value ?? 0,
                hollow: point.value !== null && point.value === leastOf(points, point.policy),
              })),
            },
            layer: [
              ...layersOf({
                x: { field: "x", ...horizontal, title: line === quantities.length - 1 ? x : null },
                y: { field: "y", ...vertical, title: column === 0 ? label : null },
              }),
              ...(line === 0 && condition !== ALL_CONDITIONS ? [headingOf(condition, own[0].episodes)] : []),
            ],
          };
        });
      }),
      ...legendOf([...marks.values()], columns.length),
    ],
  });
}

/** How to draw a policy. */
interface Mark {
  name: string;
  colour: string;
  shape: string;
}

/** Marks by policy. The name includes the swept constant and its range. */
function marksOf(points: readonly TradeoffPoint[]): Map<string, Mark> {
  const constants = new Map(points.map(({ policy, constant }) => [policy, constant]));
  return new Map(
    [...constants].map(([policy, constant], i) => {
      const swept =
        constant === null ? "" : `: ${constant} ${leastOf(points, policy)} to ${greatestOf(points, policy)}`;
      const mark = { colour: COLOURS[i % COLOURS.length], shape: SHAPES[i % SHAPES.length] };
      return [policy, { name: `${policy}${swept}`, ...mark }];
    }),
  );
}

function valuesOf(points: readonly TradeoffPoint[], wanted: string): number[] {
  return points.flatMap(({ policy, value }) => (policy === wanted && value !== null ? [value] : []));
}

const leastOf = (points: readonly TradeoffPoint[], policy: string): number => Math.min(...valuesOf(points, policy));
const greatestOf = (points: readonly TradeoffPoint[], policy: string): number => Math.max(...valuesOf(points, policy));

/** The data contains colours and shapes. */
const COLOUR = { field: "colour", type: "nominal", scale: null };
const POINT = {
  stroke: COLOUR,
  fill: { condition: { test: "datum.hollow", value: "white" }, ...COLOUR },
  shape: { field: "shape", type: "nominal", scale: null },
};

function layersOf(place: Record<string, unknown>): object[] {
  return [
    {
      mark: { type: "line", strokeWidth: 1.8 },
      encoding: {
        ...place,
        order: { field: "value", type: "quantitative" },
        detail: { field: "policy", type: "nominal" },
        color: COLOUR,
      },
    },
    { mark: { type: "point", size: 55, strokeWidth: 1.8, opacity: 1 }, encoding: { ...place, ...POINT } },
  ];
}

/** A text mark instead of a title, because the place of a title depends on what is beside the panel. */
function headingOf(condition: string, episodes: number): object {
  return {
    data: { values: [{ text: `${condition} (${episodes} episodes)` }] },
    mark: { type: "text", fontSize: 12, fontWeight: "bold" },
    encoding: { x: { value: WIDTH / 2 }, y: { value: -12 }, text: { field: "text", type: "nominal" } },
  };
}

/**
 * The legend, divided into parts below the columns of panels. It has panels of its own, because legends of single
 * panels are not merged.
 */
function legendOf(marks: readonly Mark[], columns: number): object[] {
  const lines = Math.ceil(marks.length / columns);
  const place = {
    y: { field: "line", type: "quantitative", scale: { domain: [lines, 0], nice: false }, axis: null },
  };
  return Array.from({ length: columns }, (_, column) => ({
    width: WIDTH,
    height: lines * LEGEND_LINE,
    data: {
      values: marks.slice(column * lines, (column + 1) * lines).map((mark, i) => ({ ...mark, line: i + 0.5 })),
    },
    layer: [
      {
        mark: { type: "point", size: 55, strokeWidth: 1.8, opacity: 1 },
        encoding: { x: { value: 6 }, ...place, ...POINT },
      },
      {
        mark: { type: "text", align: "left", baseline: "middle", fontSize: 11.5 },
        encoding: { x: { value: 20 }, ...place, text: { field: "name", type: "nominal" }, color: COLOUR },
      },
    ],
  }));
}

/** An axis that contains all values. */
function axisOf(values: readonly number[], vertical: boolean): Record<string, unknown> {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const log = vertical && low > 0 && high > LARGEST_LINEAR * low;
  const margin = 0.05 * (high - low || Math.abs(high) || 1);
  return {
    type: "quantitative",
    scale: {
      type: log ? "log" : "linear",
      domain: log ? [low / 1.15, high * 1.15] : [low - margin, high + margin],
      nice: false,
      zero: false,
    },
    axis: { tickCount: 6, format: "~g" },
  };
}
