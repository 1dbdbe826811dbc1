/** A section's table, row by row, as cells by column heading. */
export type Table = Record<string, string>[];

/** The text of each section (`## Heading`) of the docstring whose title is `# id` in a source file. */
export function docstringSections(source: string, id: string): Map<string, string> {
  const comments = source.match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  const lines = comments
    .map((comment) => comment.split("\n").map((line) => line.replace(/^\s*\*\/?\s?/, "")))
    .find((candidate) => candidate.includes(`# ${id}`));
  const sections = new Map<string, string>();
  let heading: string | null = null;
  for (const line of lines ?? []) {
    if (line.startsWith("## ")) {
      heading = line.slice(3).trim();
      sections.set(heading, "");
    } else if (heading !== null) {
      sections.set(heading, `${sections.get(heading)}${line}\n`);
    }
  }
  return sections;
}

/** The first table of a section; a row whose Num is `2-4` counts as three. Empty when there is none. */
export function tableOf(section: string): Table {
  const rows = section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  const [header = [], , ...body] = rows;
  return body.flatMap((cells) => {
    const row = Object.fromEntries(header.map((name, i) => [name, cells[i]]));
    const range = /^(\d+)-(\d+)$/.exec(row.Num);
    const [first, last] = range ? [Number(range[1]), Number(range[2])] : [Number(row.Num), Number(row.Num)];
    return Array.from({ length: last - first + 1 }, (_, i) => ({ ...row, Num: String(first + i) }));
  });
}
