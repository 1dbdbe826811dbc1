import { existsSync } from "node:fs";
import { join } from "node:path";
import { MOST_TEXT, readFile } from "../../files/open_file.ts";
import { BENCHMARK_FILE, PAGE, RESULTS_FILE } from "../benchmark/manifest.ts";
import { loadPngRenderer } from "../pictures/png_renderer.ts";
import { UsageError } from "../run/usage_error.ts";
import { environmentPictures, type ReportPicture } from "./environment.ts";
import { isSame, ReportFolder } from "./folder.ts";
import { reportPage } from "./page.ts";
import { assertPicture, readPart } from "./parts.ts";
import { writeReadmeTable } from "./readme_table.ts";
import { reportTables } from "./tables.ts";

/** The files of a benchmark that a report is made of. */
const NUMBERS = [BENCHMARK_FILE, RESULTS_FILE, "validation.csv", "throughput.csv"];

/** The same tables as Markdown, for places that do not render HTML. */
const TABLES = "tables.md";

/** Where to write a report. */
export interface ReportOptions {
  /** Folder to write into, created if it is missing. Default: the folder of the run, if there is only one. */
  out?: string;
  /** Document that gets the table of the first benchmark, see `writeReadmeTable`. */
  readme?: string;
  /** Called with one line for each picture that cannot be drawn. */
  onWarning?: (text: string) => void;
}

/** The files that were written. */
export interface ReportOutcome {
  out: string;
  /** Their names. */
  files: string[];
  /** Folder of the first benchmark; null if there is none. */
  benchmark: string | null;
}

/**
 * Writes a report of one or several folders: `report.html`, which needs no other file, a PNG of each picture, and the
 * tables of the first benchmark as Markdown. All of it comes from the files in the folders; nothing is trained or
 * played. A folder other than the benchmark's also gets the numbers of the first benchmark.
 *
 * @param paths of benchmarks, runs of the mode ladder or trainings
 * @throws UsageError if a folder holds nothing to report, or `out` is not a folder of this report; FileError if a file
 *   is damaged
 */
export async function writeReport(paths: readonly string[], options: ReportOptions = {}): Promise<ReportOutcome> {
  if (paths.length > 1 && options.out === undefined) {
    throw new UsageError(`a report of several folders needs one of its own: give --out, got ${paths.join(", ")}`);
  }
  const { out = paths[0], readme } = options;
  const parts = paths.map(readPart);
  const folder = ReportFolder.open(out, parts);
  const benchmarks = parts.filter((part) => part.kind === "benchmark");
  const benchmark = benchmarks[0]?.path ?? null;
  if (readme !== undefined && benchmark === null) {
    throw new UsageError(`--readme needs a benchmark, there is none among ${paths.join(", ")}`);
  }
  const png = await loadPngRenderer(options.onWarning);
  const files = new Map<string, string | Uint8Array>();
  const draw = (name: string, svg: string) => {
    const picture = png(svg);
    if (picture !== null) files.set(`${name}.png`, picture);
  };
  const pictures = new Map<string, ReportPicture[]>();
  for (const [i, part] of parts.entries()) {
    if (part.kind !== "benchmark") {
      const name = part.kind === "ladder" ? "ladder" : "curve";
      draw(`${i === 0 ? "" : `${i}-`}${name}`, part.svg);
      continue;
    }
    // The pictures of several benchmarks have the same names.
    const prefix = benchmarks.length > 1 ? `${benchmarks.indexOf(part) + 1}-` : "";
    for (const comparison of part.comparisons) {
      const own = await environmentPictures(comparison);
      pictures.set(pictureKey(i, comparison.env), own);
      for (const { name, svg } of own) assertPicture(svg, `the picture ${name}`);
      for (const { name, svg } of own) draw(`${prefix}${name}`, svg);
    }
  }
  const numbers = benchmark === null ? [] : NUMBERS.filter((name) => existsSync(join(benchmark, name)));
  const inPlace = benchmark !== null && isSame(benchmark, out);
  if (!inPlace) for (const name of numbers) files.set(name, readFile(join(benchmark!, name), MOST_TEXT));
  if (benchmarks.length > 0) files.set(TABLES, reportTables(benchmarks[0]));
  // The last file: `benchmark --resume` takes it for the end of a report.
  files.set(
    PAGE,
    reportPage(parts, (part, env) => pictures.get(pictureKey(parts.indexOf(part), env)) ?? []),
  );
  folder.write(files, inPlace ? numbers : []);
  if (readme !== undefined) writeReadmeTable(benchmark!, readme);
  return { out, files: [...files.keys()], benchmark };
}

function pictureKey(part: number, env: string): string {
  return `${part}/${env}`;
}
