import { existsSync } from "node:fs";
import { join } from "node:path";
import { svgToPng } from "./curve.ts";
import { environmentPictures, type ReportPicture } from "./report_environment.ts";
import { reportPage } from "./report_page.ts";
import { readPart } from "./report_parts.ts";
import { RunDirectory, writeWhole } from "./run_directory.ts";

/** The page. */
const PAGE = "report.html";

/**
 * Writes a report of one or several folders: `report.html`, which needs nothing beside it, and a PNG of every picture of benchmarks. All
 * of it comes from the files in the folders; nothing is trained or played.
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
  const files: string[] = [];
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

function pictureKey(part: number, env: string): string {
  return `${part}/${env}`;
}
