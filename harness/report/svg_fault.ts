import sanitizeHtml from "sanitize-html";

/** The elements of pictures that vega draws. Source: its SVG renderer, without links and images. */
const ELEMENTS = "svg g defs clipPath linearGradient radialGradient stop rect path line circle text tspan title".split(
  " ",
);

/** The attributes that it gives them. */
const ATTRIBUTES = [
  "xmlns xmlns:xlink version class id width height viewBox role aria-* transform display opacity pointer-events cursor",
  "d x y x1 y1 x2 y2 dx dy r rx ry cx cy fx fy clip-path gradientUnits gradientTransform offset stop-color stop-opacity",
  "fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin",
  "stroke-miterlimit text-anchor font-family font-size font-style font-weight font-variant",
].flatMap((line) => line.split(" "));

// The library's types lack the option for attributes that may be empty.
const OPTIONS: sanitizeHtml.IOptions & { allowedEmptyAttributes: string[] } = {
  allowedTags: ELEMENTS,
  allowedAttributes: { "*": ATTRIBUTES },
  allowedEmptyAttributes: ATTRIBUTES,
  selfClosing: [],
  transformTags: {
    "*": (tagName, attributes) => ({
      tagName,
      attribs: Object.fromEntries(Object.entries(attributes).filter(([name, value]) => isHarmless(name, value))),
    }),
  },
  // The text must stay as it is, so that it can be compared.
  parser: { decodeEntities: false, lowerCaseTags: false, lowerCaseAttributeNames: false, recognizeSelfClosing: true },
};

/**
 * What an SVG from a file could do to the page that holds it: run code, or load something from elsewhere. Browsers
 * understand more than can be listed, so only a picture in which the sanitiser finds nothing to remove or to escape
 * passes.
 *
 * @returns the first part that the sanitiser would change; null if there is none
 */
export function svgFault(svg: string): string | null {
  const given = comparable(svg.replace(/^\s*(<\?xml [^<>]*\?>)?\s*(<!DOCTYPE svg [^<>]*>)?\s*/, ""));
  if (!given.startsWith("<svg")) return given === "" ? "no <svg" : shown(given);
  const clean = comparable(sanitizeHtml(given, OPTIONS));
  if (given === clean) return null;
  let at = 0;
  while (given[at] === clean[at]) at++;
  const start = Math.max(given.lastIndexOf("<", at), given.lastIndexOf(" ", at) + 1, 0);
  return shown(given.slice(start));
}

/** The same picture without what the sanitiser writes in another way: elements without content, and `>` in texts. */
function comparable(svg: string): string {
  return svg.replaceAll(/<([A-Za-z]+)((?:"[^"]*"|[^<>"])*)\/>/g, "<$1$2></$1>").replaceAll("&gt;", ">");
}

/** The sanitiser knows no addresses outside `href` and the like; escapes of XML and CSS could hide one. */
function isHarmless(name: string, value: string): boolean {
  if (name.startsWith("aria-") || name.startsWith("xmlns")) return true;
  return !/url\(\s*[^#\s]|image-set|@import|\\|&#/i.test(value);
}

/** As much of the first element as fits into one line. */
function shown(text: string): string {
  return text
    .replace(/>[\s\S]*$/, ">")
    .slice(0, 40)
    .replaceAll(/\s+/g, " ");
}
