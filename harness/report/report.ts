import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BENCHMARK_FILE, RESULTS_FILE } from "../benchmark/manifest.ts";
import { svgToPng } from "../pictures/picture.ts";
import { UsageError } from "../run/usage_error.ts";
import { environmentPictures, type ReportPicture } from "./environment.ts";
import { isSame, ReportFolder } from "./folder.ts";
import { reportPage } from "./page.ts";
import { readPart } from "./parts.ts";
import { writeReadmeTable } from "./readme_table.ts";
import { reportTables } from "./tables.ts";

/** What a benchmark is reported from. */
const NUMBERS = [BENCHMARK_FILE, RESULTS_FILE, "validation.csv", "throughput.csv"];

/** The page. */
const PAGE = "report.html";

/** Its tables once more, for where pages are not shown as pages. */
const TABLES = "tables.md";

/** Where a report goes. */
export interface ReportOptions {
  /** Folder to write into, made where there is none; by default that of the run, where there is only one. */
  out?: string;
  /** Document that gets the table of the first benchmark, see `writeReadmeTable`. */
  readme?: string;
}

/** What was written. */
export interface ReportOutcome {
  out: string;
  /** Names of the files. */
  files: string[];
  /** Folder of the first benchmark; null where there is none. */
  benchmark: string | null;
}

/**
 * Writes a report of one or several folders: `report.html`, which needs nothing beside it, a PNG of every picture, and the
 * tables of the first benchmark as Markdown. All of it comes from the files in the folders; nothing is trained or played. In another folder than the benchmark's it has the numbers of
 * the first benchmark too.
 *
 * @param paths of benchmarks, runs of the mode ladder or trainings
 * @throws UsageError when a folder holds nothing to report, or that to write into is not the report's, RunError when one is damaged
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
  const files = new Map<string, string | Uint8Array>();
  const pictures = new Map<string, ReportPicture[]>();
  for (const [i, part] of parts.entries()) {
    if (part.kind !== "benchmark") {
      const name = part.kind === "ladder" ? "ladder" : "curve";
      files.set(`${i === 0 ? "" : `${i}-`}${name}.png`, await svgToPng(part.svg));
      continue;
    }
    // Several benchmarks have pictures of the same names.
    const prefix = benchmarks.length > 1 ? `${benchmarks.indexOf(part) + 1}-` : "";
    for (const comparison of part.comparisons) {
      const own = await environmentPictures(comparison);
      pictures.set(pictureKey(i, comparison.env), own);
      for (const { name, svg } of own) files.set(`${prefix}${name}.png`, await svgToPng(svg));
    }
  }
  const numbers = benchmark === null ? [] : NUMBERS.filter((name) => existsSync(join(benchmark, name)));
  const inPlace = benchmark !== null && isSame(benchmark, out);
  if (!inPlace) for (const name of numbers) files.set(name, readFileSync(join(benchmark!, name)));
  files.set(
    PAGE,
    reportPage(parts, (part, env) => pictures.get(pictureKey(parts.indexOf(part), env)) ?? []),
  );
  if (benchmarks.length > 0) files.set(TABLES, reportTables(benchmarks[0]));
  folder.write(files, inPlace ? numbers : []);
  if (readme !== undefined) writeReadmeTable(benchmark!, readme);
  return { out, files: [...files.keys()], benchmark };
}

function pictureKey(part: number, env: string): string {
  return `${part}/${env}`;
}
