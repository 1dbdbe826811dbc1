/** What pictures of vega consist of. Source: its SVG renderer, without links and images. */
const ELEMENTS = new Set(
  "svg g defs clipPath linearGradient radialGradient stop rect path line circle text tspan title".split(" "),
);

/** Text, a head, an end or a beginning with its attributes, as vega writes them: `<` and `"` inside are escaped. */
const PART =
  /[^<]+|<\?xml [^<>]*\?>|<!DOCTYPE svg [^<>]*>|<\/([A-Za-z]+)\s*>|<([A-Za-z]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*\/?>/y;

/**
 * What a page that holds an SVG from a file could be made to do by it: run code, or ask for something from elsewhere. Only what is known
 * to be harmless passes, because browsers understand more than can be listed.
 *
 * @returns the part that does not belong into a picture, or null where there is none
 */
export function svgFault(svg: string): string | null {
  PART.lastIndex = 0;
  while (PART.lastIndex < svg.length) {
    const at = PART.lastIndex;
    const part = PART.exec(svg);
    if (part === null) return shown(svg.slice(at));
    const name = part[1] ?? part[2];
    if (name !== undefined && !ELEMENTS.has(name)) return shown(part[0]);
    for (const [whole, key, value] of (part[3] ?? "").matchAll(/([\w:.-]+)="([^"]*)"/g)) {
      if (isHarmful(key.toLowerCase(), value)) return shown(whole);
    }
  }
  return svg.includes("<svg") ? null : "no <svg";
}

function isHarmful(name: string, value: string): boolean {
  if (name.startsWith("on") || name === "src") return true;
  if (name === "href" || name.endsWith(":href")) return !value.startsWith("#");
  if (name.startsWith("aria-") || name.startsWith("xmlns")) return false;
  // Escapes of XML and CSS could hide an address.
  return /url\(\s*[^#\s]|image-set|@import|\\|&#/i.test(value);
}

/** As much as fits into one line. */
function shown(text: string): string {
  return text.slice(0, 40).replaceAll(/\s+/g, " ");
}
