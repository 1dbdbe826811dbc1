import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import GithubSlugger from "github-slugger";
import type { Code, Heading, Image, Link, Root } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { visit } from "unist-util-visit";
import { environmentPages } from "../../docs/scripts/environment_page.ts";

/** Root of the repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A Markdown file of the repository, or a page of the site that a script writes. */
export interface Document {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
  /** Whether git has it; a generated page is only on the site. */
  readonly committed: boolean;
}

const parser = unified().use(remarkParse).use(remarkGfm);

/** Every Markdown document for readers: those of the repository, and the generated pages. */
export function documents(): Document[] {
  const paths = [
    "README.md",
    "CHANGELOG.md",
    "runs/README.md",
    "workloads/traces/README.md",
    ...markdownUnder(join(ROOT, "docs")).map((path) => relative(ROOT, path)),
  ];
  return [
    ...paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8"), committed: true })),
    ...environmentPages().map(({ path, text }) => ({ path: `docs/${path}`, text, committed: false })),
  ];
}

/** Folders under docs that git ignores. */
const IGNORED = new Set(["node_modules", "api", "environments", ".vitepress"]);

function markdownUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : markdownUnder(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** A relative link or picture of a document, with the line where it stands. */
export interface RelativeLink {
  readonly line: number;
  readonly url: string;
}

/** The links and pictures of a document that lead to another file or to an anchor. */
export function relativeLinks(text: string): RelativeLink[] {
  const links: RelativeLink[] = [];
  visit(tree(text), ["link", "image"], (node) => {
    const { url, position } = node as Link | Image;
    if (!/^[a-z][a-z+.-]*:/i.test(url)) links.push({ line: position!.start.line, url });
  });
  return links;
}

/** The anchors of a document, as GitHub and the site make them. */
export function anchorsOf(text: string): Set<string> {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  visit(tree(text), "heading", (heading: Heading) => {
    anchors.add(slugger.slug(textOf(heading)));
  });
  return anchors;
}

/** A fenced code block. */
export interface CodeBlock {
  readonly line: number;
  readonly language: string;
  /** What follows the language: the file that a block is, where it is one. */
  readonly meta: string;
  readonly code: string;
}

/** The fenced code blocks of a document, in order. */
export function codeBlocks(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  visit(tree(text), "code", ({ lang, meta, value, position }: Code) => {
    blocks.push({ line: position!.start.line, language: lang ?? "", meta: meta ?? "", code: value });
  });
  return blocks;
}

/** What stands between backquotes in the text of a document, with line breaks as blanks. */
export function inlineCode(text: string): string[] {
  const found: string[] = [];
  visit(tree(text), "inlineCode", ({ value }) => {
    found.push(value.replaceAll(/\s+/g, " "));
  });
  return found;
}

/** Whether a path from the root is a file or a folder of the repository. */
export function inRepository(path: string): boolean {
  return existsSync(join(ROOT, path));
}

function tree(text: string): Root {
  // The head of a page (`---`) is for the site alone; its lines stay, so that lines of what follows are right.
  const head = /^---\n[\s\S]*?\n---\n/.exec(text)?.[0] ?? "";
  return parser.parse(head.replaceAll(/[^\n]/g, "") + text.slice(head.length)) as Root;
}

function textOf(heading: Heading): string {
  let text = "";
  visit(heading, (node) => {
    if (node.type === "text" || node.type === "inlineCode") text += node.value;
  });
  return text;
}
