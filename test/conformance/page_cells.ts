/** Cells of the first table below a heading (`## Heading`) of a page, without its head. Empty when there is none. */
export function cellsUnder(page: string, heading: string): string[][] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const table = section.split("\n\n").find((block) => block.startsWith("| ")) ?? "";
  return table
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
