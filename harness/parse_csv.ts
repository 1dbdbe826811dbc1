/**
 * The cells of a CSV text, line by line, as csv-stringify writes them: commas between, quotes around cells that hold a comma, a quote
 * (doubled) or a line's end. An unfinished last line is left out.
 */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? quoted(text, at) : plain(text, at);
    cells.push(cell);
    if (text[end] === "\n") {
      lines.push(cells);
      cells = [];
    }
    at = end + 1;
  }
  return lines;
}

/** The cell that begins at `at`, and where it ends. */
function plain(text: string, at: number): { cell: string; end: number } {
  let end = at;
  while (end < text.length && text[end] !== "," && text[end] !== "\n") end++;
  return { cell: text.slice(at, end), end };
}

/** The same for a cell in quotes. */
function quoted(text: string, at: number): { cell: string; end: number } {
  let cell = "";
  let from = at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    const end = quote < 0 ? text.length : quote;
    cell += text.slice(from, end);
    if (text[end + 1] !== '"') return { cell, end: end + 1 };
    cell += '"';
    from = end + 2;
  }
}
