import type { ProfilePoint } from "../compare/reliability.ts";
import { AGENT_COLOUR, hoverLayer, PICTURE_STYLE, RIVAL_COLOURS, specSvg } from "../pictures/picture.ts";

/** The profile of one policy. */
export interface Profile {
  name: string;
  points: readonly ProfilePoint[];
  /** Whether it is the agent, which is emphasised and has a band. */
  agent: boolean;
}

const WIDTH = 520;
const HEIGHT = 300;
const LEGEND_LINE = 18;

/**
 * Draws performance profiles: the share of scores above each level. A line further to the upper right is better.
 *
 * @returns an SVG document
 */
export async function profileSvg(title: string, subtitle: string, profiles: readonly Profile[]): Promise<string> {
  const rivals = profiles.filter(({ agent }) => !agent);
  const colourOf = (profile: Profile) =>
    profile.agent ? AGENT_COLOUR : RIVAL_COLOURS[rivals.indexOf(profile) % RIVAL_COLOURS.length];
  const levels = profiles[0].points.map(({ level }) => level);
  const [low, high] = [levels[0], levels[levels.length - 1]];
  const x = {
    type: "quantitative",
    title: "score",
    scale: { domain: [low, high], nice: false },
    axis: { tickCount: 6 },
  };
  const y = {
    type: "quantitative",
    title: "share of runs above it",
    scale: { domain: [0, 1] },
    axis: { format: "%", tickCount: 5 },
  };
  const points = profiles.flatMap((profile) =>
    profile.points.map(({ level, share, interval }) => ({
      name: profile.name,
      colour: colourOf(profile),
      agent: profile.agent,
      level,
      share,
      low: interval?.low ?? share,
      high: interval?.high ?? share,
      band: interval !== null,
    })),
  );
  const place = { x: { ...x, field: "level" }, y: { ...y, field: "share" } };
  const colour = { field: "colour", type: "nominal", scale: null };
  const legend = profiles.map((profile, i) => ({
    text: profile.name,
    colour: colourOf(profile),
    line: i * LEGEND_LINE + 8,
  }));
  const beside = { y: { field: "line", type: "quantitative", scale: null, axis: null }, color: colour };
  return specSvg({
    ...PICTURE_STYLE,
    width: WIDTH,
    height: HEIGHT,
    title: { text: title, subtitle, anchor: "start", offset: 14, subtitlePadding: 5 },
    layer: [
      {
        data: { values: points.filter(({ band }) => band) },
        mark: { type: "area", opacity: 0.2, interpolate: "step-after" },
        encoding: { ...place, y: { ...y, field: "low" }, y2: { field: "high" }, color: colour },
      },
      {
        data: { values: points },
        mark: { type: "line", interpolate: "step-after" },
        encoding: {
          ...place,
          color: colour,
          detail: { field: "name", type: "nominal" },
          strokeWidth: { condition: { test: "datum.agent", value: 2.6 }, value: 1.4 },
        },
      },
      hoverLayer(
        points,
        ({ name, level, share, band, ...ends }) =>
          `${name}: ${percent(share)} above ${level.toFixed(2)}${band ? ` (${percent(ends.low)} to ${percent(ends.high)})` : ""}`,
        place,
      ),
      {
        data: { values: legend },
        mark: { type: "rule", strokeWidth: 2.6 },
        encoding: { ...beside, x: { value: WIDTH + 12 }, x2: { value: WIDTH + 30 } },
      },
      {
        data: { values: legend },
        mark: { type: "text", align: "left", baseline: "middle", fontSize: 11 },
        encoding: { ...beside, x: { value: WIDTH + 36 }, text: { field: "text", type: "nominal" } },
      },
    ],
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
