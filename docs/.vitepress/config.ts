import { existsSync, readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

/** Pages that `docs/scripts/write_pages.ts` wrote: the environments. */
const listed = new URL("../environments/pages.json", import.meta.url);
const environments: { text: string; link: string }[] = existsSync(listed)
  ? JSON.parse(readFileSync(listed, "utf8"))
  : [];

/** Anchors as GitHub makes them, so that one link works there and here. */
function slugify(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/** Pages whose tables need the width that the outline takes. */
const WIDE = ["results.md", "results/tables.md", "environments/index.md"];

export default defineConfig({
  title: "ring0-gym",
  description: "Reinforcement-learning environments for operating-system kernel policies",
  cleanUrls: false,
  lastUpdated: false,
  // TypeDoc copies the pages that docstrings link to; links go to the pages themselves.
  srcExclude: ["api/_media/**"],
  markdown: {
    anchor: { slugify },
    toc: { slugify },
    headers: { slugify },
    config(md) {
      const { normalizeLink } = md;
      md.normalizeLink = (url) => normalizeLink(url.replace(/^.*_media\/(\w+\.md)/, "/$1"));
    },
  },
  transformPageData(page) {
    if (WIDE.includes(page.relativePath)) page.frontmatter.aside = false;
  },
  themeConfig: {
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      { text: "Guide", link: "/getting-started" },
      { text: "Environments", link: "/environments/" },
      { text: "Results", link: "/results" },
      { text: "Glossary", link: "/glossary" },
      { text: "API", link: "/api/" },
    ],
    sidebar: [
      {
        text: "Guide",
        items: [
          { text: "Getting started", link: "/getting-started" },
          { text: "Commands", link: "/commands" },
          { text: "From Python", link: "/python" },
          { text: "Many machines", link: "/clusters" },
          { text: "Into a kernel", link: "/deploy" },
          { text: "Policies as code", link: "/programs" },
          { text: "Glossary", link: "/glossary" },
        ],
      },
      { text: "Environments", items: environments },
      {
        text: "Results",
        items: [
          { text: "Results", link: "/results" },
          { text: "How policies were tuned", link: "/tuning" },
          { text: "All tables", link: "/results/tables" },
        ],
      },
      {
        text: "Fidelity",
        items: [
          { text: "Overview", link: "/fidelity" },
          { text: "Tiered memory", link: "/tiering" },
          { text: "Swap-in readahead", link: "/readahead" },
          { text: "GPU preemption", link: "/gpu" },
          { text: "Congestion control", link: "/congestion" },
        ],
      },
      {
        text: "Extending",
        items: [
          { text: "Add a heuristic", link: "/add-a-heuristic" },
          { text: "Add an environment", link: "/add-an-environment" },
          { text: "Add an agent", link: "/add-an-agent" },
        ],
      },
      { text: "The mode ladder", link: "/ladder" },
      {
        text: "File formats",
        items: [
          { text: "Overview", link: "/file-formats" },
          { text: "What a run holds", link: "/run-directory" },
          { text: "Packed traces", link: "/trace-format" },
        ],
      },
      { text: "API", link: "/api/" },
    ],
  },
});
