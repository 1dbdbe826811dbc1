import Table from "cli-table3";
import { printableLine } from "./printable.ts";

/** A table has one line below its head and no other lines: wide tables fit, and users can copy its lines. */
const BORDERS = {
  ...Object.fromEntries(
    ["top", "bottom", "left", "right"]
      .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
      .map((name) => [name, ""]),
  ),
  mid: "-",
  "mid-mid": "  ",
  middle: "  ",
};

/** Characters between two columns. */
const GAP = 2;

/** A column with texts is not broken into lines shorter than this, characters. Source: choice. */
const LEAST_TEXT = 20;

/** Width of a text that no terminal shows, for example in a file, characters. Source: choice. */
const PLAIN_WIDTH = 120;

/** Width of the terminal behind standard output, characters. */
export function terminalWidth(): number {
  return process.stdout.columns ?? PLAIN_WIDTH;
}

/**
 * A table as text, with a line end. Columns that contain only numbers are aligned to the right.
 *
 * @param width a wider table breaks the texts of its widest columns into lines; no limit by default
 */
export function tableText(
  head: readonly string[],
  lines: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const cells = [head, ...lines].map((line) => line.map(printableLine));
  const numeric = head.map((_, column) => lines.every((line) => /^([\u2212+-]?[\d.,]+( .*)?|)$/.test(line[column])));
  const table = new Table({
    head: cells[0],
    colAligns: numeric.map((right) => (right ? "right" : "left")),
    colWidths: narrowed(cells, numeric, width),
    wordWrap: true,
    chars: BORDERS,
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
  table.push(...cells.slice(1));
  return `${table.toString()}\n`;
}

/** Widths of columns; null for those that are as wide as their cells. */
function narrowed(cells: readonly string[][], numeric: readonly boolean[], width: number): (number | null)[] {
  const natural = columnWidths(cells);
  const widths = [...natural];
  for (let over = totalWidth(widths) - width; over > 0; over--) {
    const texts = widths.map((one, column) => (numeric[column] ? 0 : one));
    const widest = texts.indexOf(Math.max(...texts));
    if (texts[widest] <= LEAST_TEXT) break;
    widths[widest]--;
  }
  return widths.map((one, column) => (one === natural[column] ? null : one));
}

/**
 * The columns of a table that fit into `width`, in their order: the most important ones as far as there is room.
 *
 * @param cells lines of the table, the head among them
 * @param importance of each column; the smaller number is the more important
 */
export function fittingColumns(
  cells: readonly (readonly string[])[],
  importance: readonly number[],
  width: number,
): number[] {
  const widths = columnWidths(cells);
  const kept: number[] = [];
  for (const column of importance.map((_, i) => i).sort((a, b) => importance[a] - importance[b])) {
    if (totalWidth([...kept, column].map((i) => widths[i])) > width) break;
    kept.push(column);
  }
  return kept.sort((a, b) => a - b);
}

function columnWidths(cells: readonly (readonly string[])[]): number[] {
  return cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one + GAP, -GAP);
}
