import { raw } from "hono/html";
import { AGENT_COLOUR, RIVAL_COLOURS } from "../pictures/picture.ts";
import { type Html, html } from "./html.ts";

/** The variables of the page that replace the colours of pictures, by colour as vega writes it. */
const VARIABLES: Readonly<Record<string, string>> = {
  white: "paper",
  "#000": "ink",
  black: "ink",
  "#444": "limit",
  "#444444": "limit",
  "#eeeeee": "grid",
  "#999999": "axis",
  "#888": "axis",
  "#ddd": "grid",
  [AGENT_COLOUR]: "agent",
  ...Object.fromEntries(RIVAL_COLOURS.map((colour, i) => [colour, `rival-${i}`])),
};

/**
 * A picture as part of a page. It takes the colours of the page, which differ in light and dark, and gets ids of its
 * own.
 *
 * @param svg as `specSvg` returns it
 * @param name of the picture, unique in the page: letters, digits and hyphens
 */
export function pagePicture(svg: string, name: string, caption: string): Html {
  // vega counts ids through all pictures of a process. Here each picture starts anew, so that the same picture gives
  // the same text.
  const tags = svg.match(/<[^<>]*>/g) ?? [];
  const ids = [...new Set(tags.flatMap((tag) => [...tag.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)))];
  if (!/^[\w-]+$/.test(name)) throw new RangeError(`a picture's name is letters, digits and hyphens, got "${name}"`);
  const themedTag = (tag: string) =>
    tag
      .replaceAll(/(fill|stroke)="([^"]+)"/g, (whole, attribute: string, colour: string) =>
        Object.hasOwn(VARIABLES, colour) ? `${attribute}="var(--${VARIABLES[colour]})"` : whole,
      )
      .replaceAll(/\b(id="|url\(#)([^")]+)/g, (whole, before: string, id: string) =>
        ids.includes(id) ? `${before}${name}-${ids.indexOf(id)}` : whole,
      );
  // Only tags: a text may look like an attribute.
  const themed = svg.replace(/^[\s\S]*?<svg/, "<svg").replaceAll(/<[^<>]*>/g, themedTag);
  return html`<figure class="picture">${raw(themed)}<figcaption>${caption}</figcaption></figure>`;
}
