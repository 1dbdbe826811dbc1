import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { BENCHMARK_FILE, RESULTS_FILE } from "./benchmark.ts";
import { svgToPng } from "./curve.ts";
import { environmentPictures, type ReportPicture } from "./report_environment.ts";
import { reportPage } from "./report_page.ts";
import { type ReportPart, readPart } from "./report_parts.ts";
import { RunDirectory, writeWhole } from "./run_directory.ts";

/** What a benchmark is reported from. */
const NUMBERS = [BENCHMARK_FILE, RESULTS_FILE, "validation.csv", "throughput.csv"];

/** The page. */
const PAGE = "report.html";

/**
 * Writes a report of one or several folders: `report.html`, which needs nothing beside it, and a PNG of every picture of benchmarks. All
 * of it comes from the files in the folders; nothing is trained or played. In another folder than the benchmark's it has the numbers of
 * the first benchmark too.
 *
 * @param paths of benchmarks, runs of the mode ladder or trainings
 * @param out folder to write into; it is made where there is none
 * @returns names of the files that were written
 * @throws UsageError when a folder holds nothing to report, RunError when it is damaged
 */
export async function writeReport(paths: readonly string[], out: string): Promise<string[]> {
  const parts = paths.map(readPart);
  if (!existsSync(out)) RunDirectory.create(out);
  const pictures = new Map<string, ReportPicture[]>();
  for (const [i, part] of parts.entries()) {
    if (part.kind !== "benchmark") continue;
    for (const standing of part.standings)
      pictures.set(pictureKey(i, standing.env), await environmentPictures(standing));
  }
  const files = copyNumbers(parts, out);
  for (const { name, svg } of [...pictures.values()].flat()) {
    writeWhole(join(out, `${name}.png`), await svgToPng(svg));
    files.push(`${name}.png`);
  }
  writeWhole(
    join(out, PAGE),
    reportPage(parts, (part, env) => pictures.get(pictureKey(parts.indexOf(part), env)) ?? []),
  );
  return [PAGE, ...files];
}

/** Copies what the first benchmark is made from, so that the folder is one to report on by itself. */
function copyNumbers(parts: readonly ReportPart[], out: string): string[] {
  const source = parts.find(({ kind }) => kind === "benchmark")?.path;
  if (source === undefined || resolve(source) === resolve(out)) return [];
  return NUMBERS.filter((name) => {
    if (!existsSync(join(source, name))) return false;
    writeWhole(join(out, name), readFileSync(join(source, name)));
    return true;
  });
}

function pictureKey(part: number, env: string): string {
  return `${part}/${env}`;
}
