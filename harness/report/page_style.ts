import { AGENT_COLOUR, RIVAL_COLOURS } from "../pictures/picture.ts";

/** The rivals' colours on a dark page, as distinct and as readable as on a light one. */
const DARK_RIVALS = ["#FF9A5A", "#45D3A8", "#F08CC8", "#E0BC4A", "#B49CFF", "#FF8C8C", "#BBBBBB"];

const LIGHT = variables({
  paper: "#ffffff",
  ink: "#1b1b1b",
  faint: "#5c5c5c",
  limit: "#444444",
  axis: "#999999",
  grid: "#e6e6e6",
  stripe: "#f5f6f8",
  agent: AGENT_COLOUR,
  good: "#00694b",
  bad: "#a3261d",
  ...rivalColours(RIVAL_COLOURS),
});

const DARK = variables({
  paper: "#15181c",
  ink: "#e8e8e8",
  faint: "#a6abb3",
  limit: "#c4c4c4",
  axis: "#7d838c",
  grid: "#2c3138",
  stripe: "#1c2026",
  agent: "#5cb8f2",
  good: "#5bd6a8",
  bad: "#ff9488",
  ...rivalColours(DARK_RIVALS),
});

/** The style of a report: light or dark as the reader's system is, one column on phones, light on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem clamp(0.75rem, 3vw, 2.5rem) 4rem; max-width: 78rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 1rem 0 0.5rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 0.5rem; padding-top: 0.75rem; border-top: 2px solid var(--grid); }
h3 { font-size: 1.05rem; margin: 2rem 0 0.5rem; }
p, li { max-width: 46rem; }
a { color: var(--agent); }
code { font-size: 0.9em; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; list-style: none; }
.facts { color: var(--faint); font-size: 0.9rem; }
.warning { border-left: 4px solid var(--bad); padding: 0.4rem 0.8rem; background: var(--stripe); }
.ahead { color: var(--good); font-weight: 600; }
.behind { color: var(--bad); font-weight: 600; }
.wide { overflow-x: auto; margin: 0.75rem 0 1.5rem; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0.25rem 0; color: var(--faint); }
th, td { padding: 0.22rem 0.6rem; text-align: left; white-space: nowrap; vertical-align: top; }
td.text { white-space: normal; min-width: 16rem; }
thead th { border-bottom: 1px solid var(--axis); padding: 0; }
thead button { all: unset; cursor: pointer; padding: 0.25rem 0.6rem; font-weight: 600; }
thead button:focus-visible { outline: 2px solid var(--agent); }
th[aria-sort="ascending"] button::after { content: " \\25B2"; }
th[aria-sort="descending"] button::after { content: " \\25BC"; }
tbody th { font-weight: 400; position: sticky; left: 0; background: var(--paper); }
tbody tr:nth-child(even) > * { background: var(--stripe); }
tr.strong > * { font-weight: 700; }
.number { text-align: right; }
.picture { margin: 1rem 0 2rem; overflow-x: auto; }
.picture svg { display: block; max-width: none; height: auto; }
.picture svg text { font-family: "DejaVu Sans", system-ui, sans-serif; }
figcaption { color: var(--faint); font-size: 0.9rem; max-width: 46rem; position: sticky; left: 0; }
#tip { position: fixed; z-index: 2; pointer-events: none; padding: 0.2rem 0.5rem; border-radius: 3px; font-size: 0.85rem;
  max-width: 90vw; background: var(--ink); color: var(--paper); }
details { margin: 0.5rem 0; }
summary { cursor: pointer; }
@media (max-width: 40rem) {
  body { font-size: 0.95rem; }
  h1 { font-size: 1.35rem; }
  h2 { font-size: 1.15rem; }
}
@media print {
  :root { color-scheme: light; ${LIGHT} }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  nav, #tip { display: none; }
  @page { margin: 12mm; }
  section + section > h2 { break-before: page; }
  h2, h3 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .wide, .picture { overflow: visible; }
  .picture svg { max-width: 100%; }
  table { font-size: 6.5pt; }
  th, td { padding: 0.1rem 0.25rem; white-space: normal; }
  thead button { padding: 0.1rem 0.25rem; }
  tbody th { position: static; }
}
`;

function rivalColours(colours: readonly string[]): Record<string, string> {
  return Object.fromEntries(colours.map((colour, i) => [`rival-${i}`, colour]));
}

function variables(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(" ");
}
