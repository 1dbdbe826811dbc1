import { MODES } from "../../ladder/states.ts";
import { AGENT_COLOUR, PICTURE_STYLE, RIVAL_COLOURS, specSvg } from "../pictures/picture.ts";
import type { LadderRun } from "./totals.ts";

/** Size of the panels, pixels. */
const WIDTH = 760;
const MODE_HEIGHT = 120;
const ADVANTAGE_HEIGHT = 200;
const COST_HEIGHT = 110;

const LOSS_COLOUR = RIVAL_COLOURS[0];

/**
 * Draws the run of one seed in three panels: the mode of every block; the policy's advantage in each block, with the
 * bounds of the evidence; and the total cost so far relative to that of the default alone.
 *
 * @returns an SVG document
 */
export async function ladderSvg(title: string, { seed, records, transitions, totals }: LadderRun): Promise<string> {
  let cost = 0;
  let standard = 0;
  const blocks = records.map((record) => {
    cost += record.cost;
    standard += record.default_cost ?? record.cost;
    const inside = (value: number | null) => (value === null ? null : Math.max(-1, Math.min(1, value)));
    return {
      block: record.block,
      end: record.block + 1,
      mode: record.mode,
      advantage: inside(record.paired ?? record.switchback),
      lower: record.evidence > 1 ? inside(record.lower) : null,
      upper: record.evidence > 1 ? inside(record.upper) : null,
      mean: record.evidence > 1 ? inside(record.advantage) : null,
      live: record.share_realised > 0 ? "agent decided" : "default decided",
      ratio: 100 * (cost / standard - 1),
    };
  });
  const x = { type: "quantitative", scale: { domain: [0, records.length], nice: false } };
  const block = { ...x, field: "block", title: null };
  const { regret } = totals;
  const advantages = { type: "quantitative", title: "relative advantage", scale: { domain: [-1, 1], nice: false } };
  const subtitle = [
    `seed ${seed}; a block is a run of the subsystem; ${transitions.length} changes of mode`,
    `total cost ${regret === null ? "" : `${(100 * regret).toFixed(2).replace("-", "\u2212")} % against the default alone`}`,
  ];
  return specSvg({
    ...PICTURE_STYLE,
    title: { text: title, subtitle, anchor: "start", offset: 14, subtitlePadding: 5 },
    spacing: 20,
    resolve: { scale: { color: "independent" } },
    data: { values: blocks },
    vconcat: [
      {
        width: WIDTH,
        height: MODE_HEIGHT,
        mark: { type: "bar", height: { band: 0.72 }, color: AGENT_COLOUR },
        encoding: {
          x: block,
          x2: { field: "end" },
          y: {
            field: "mode",
            type: "nominal",
            title: null,
            scale: { domain: [...MODES.slice(1)].reverse() },
            axis: { grid: true },
          },
          color: {
            field: "mode",
            type: "nominal",
            scale: { domain: MODES.slice(1), range: [LOSS_COLOUR, "#8a8a8a", "#5aa5d6", AGENT_COLOUR] },
            legend: null,
          },
        },
      },
      {
        width: WIDTH,
        height: ADVANTAGE_HEIGHT,
        layer: [
          {
            mark: { type: "area", opacity: 0.25, color: AGENT_COLOUR },
            encoding: { x: block, y: { ...advantages, field: "lower" }, y2: { field: "upper" } },
          },
          {
            mark: { type: "point", filled: true, size: 14, opacity: 0.75 },
            encoding: {
              x: block,
              y: { ...advantages, field: "advantage" },
              color: {
                field: "live",
                type: "nominal",
                title: null,
                legend: { orient: "top", direction: "horizontal", labelFontSize: 11 },
                scale: { domain: ["agent decided", "default decided"], range: [AGENT_COLOUR, "#777777"] },
              },
            },
          },
          {
            mark: { type: "line", strokeWidth: 2, color: "#003a5c" },
            encoding: { x: block, y: { ...advantages, field: "mean" } },
          },
          { data: { values: [{}] }, mark: { type: "rule", color: "#333333" }, encoding: { y: { datum: 0 } } },
        ],
      },
      {
        width: WIDTH,
        height: COST_HEIGHT,
        layer: [
          {
            mark: { type: "line", strokeWidth: 2, color: LOSS_COLOUR },
            encoding: {
              x: { ...x, field: "end", title: "block" },
              y: { field: "ratio", type: "quantitative", title: "cost, % over default" },
            },
          },
          { data: { values: [{}] }, mark: { type: "rule", color: "#333333" }, encoding: { y: { datum: 0 } } },
        ],
      },
    ],
  });
}
