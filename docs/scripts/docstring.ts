/**
 * The docstring in a source file whose title is `# id`, as Markdown.
 *
 * @throws RangeError when the file has no such docstring
 */
export function docstringOf(source: string, id: string): string {
  const comments = source.match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  for (const comment of comments) {
    const lines = comment
      .slice("/**".length, -"*/".length)
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
    if (lines.includes(`# ${id}`)) return lines.join("\n").trim();
  }
  throw new RangeError(`no docstring with the title "# ${id}"`);
}
