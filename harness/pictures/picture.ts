import type { TopLevelSpec } from "vega-lite";

/** The font of all pictures. */
export const FONT = "DejaVu Sans";

/** After Okabe and Ito's palette, darkened so that labels are readable on white. */
export const AGENT_COLOUR = "#0072B2";

/** Colours of what agents are compared with, in the order in which they are drawn. */
export const RIVAL_COLOURS = ["#C44E00", "#00795A", "#A8447E", "#7A5C00", "#5B3A8C", "#8C2D2D", "#555555"];

/** The parts of a Vega-Lite specification that all pictures share. */
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
 * Characters that XML does not allow, and U+007F to U+009F: names from files may have them. Source: XML 1.0,
 * production 2.
 */
const NO_XML = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu;

/** The SVG document of a Vega-Lite specification. */
export async function specSvg(spec: Record<string, unknown>): Promise<string> {
  // Loaded on demand: they take longer to load than most commands take to run.
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const compiled = vegaLite.compile(spec as unknown as TopLevelSpec, {
    logger: vega.logger(vega.None),
  });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none", logLevel: vega.None });
  const svg = await view.toSVG();
  view.finalize();
  return svg.replaceAll(NO_XML, "\ufffd");
}

/**
 * Invisible points that carry a text. A page shows the text of the point nearest to the pointer. The text is their
 * `aria-label`, so that screen readers read it too.
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
