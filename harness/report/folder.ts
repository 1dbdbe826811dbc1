import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { RunDirectory, writeWhole } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import type { ReportPart } from "./parts.ts";

/** The file by which a folder is known as that of a report. */
const MANIFEST = "report.json";

const manifestSchema = z.strictObject({
  format: z.literal("ring0-gym/report"),
  version: z.literal(1),
  /** What it reports on first, see `identityOf`. */
  of: z.string(),
  /** Everything that was written beside this file. Plain names, so that nothing elsewhere is ever deleted. */
  files: z.array(z.string().regex(/^\w[\w-]*\.(html|md|png|csv|json)$/)),
});

/** Where a report is written: a folder of its own, or that of the only run it is about. */
export class ReportFolder {
  readonly path: string;
  /** What an earlier report wrote there. */
  readonly #before: readonly string[];
  /** What the report is of; null in the folder of a run, which is no folder of a report. */
  readonly #of: string | null;

  private constructor(path: string, before: readonly string[], of: string | null) {
    this.path = path;
    this.#before = before;
    this.#of = of;
  }

  /**
   * Opens the folder without writing anything.
   *
   * @throws UsageError when it holds anything but an earlier report of the same, or the only run that is reported on
   */
  static open(path: string, parts: readonly ReportPart[]): ReportFolder {
    const of = identityOf(parts.find(({ kind }) => kind === "benchmark") ?? parts[0]);
    if (!existsSync(path)) return new ReportFolder(path, [], of);
    if (!statSync(path).isDirectory()) throw new UsageError(`${path} is a file, not a folder for a report`);
    const before = readManifest(path);
    if (before?.of === of) return new ReportFolder(path, before.files, of);
    if (before === null && parts.length === 1 && isSame(path, parts[0].path)) return new ReportFolder(path, [], null);
    if (readdirSync(path).length === 0) return new ReportFolder(path, [], of);
    throw new UsageError(
      `${path} must be new, empty, or a folder that an earlier report of the same benchmark wrote; give another --out`,
    );
  }

  /**
   * Writes files by name, and deletes what an earlier report wrote and this one has no more.
   *
   * @param kept names of those that stay as they are
   */
  write(files: ReadonlyMap<string, string | Uint8Array>, kept: readonly string[]): void {
    if (!existsSync(this.path)) RunDirectory.create(this.path);
    const names = [...files.keys(), ...kept];
    for (const name of this.#before) {
      if (!names.includes(name)) rmSync(join(this.path, name), { force: true });
    }
    if (this.#of !== null) {
      const manifest: z.infer<typeof manifestSchema> = {
        format: "ring0-gym/report",
        version: 1,
        of: this.#of,
        files: names,
      };
      // First, so that a folder in which a kill left the half of a report is still known.
      writeWhole(join(this.path, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    }
    for (const [name, content] of files) writeWhole(join(this.path, name), content);
  }
}

/** Whether two paths lead to the same folder. */
export function isSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other);
}

/** What tells a benchmark from others, wherever its folder is; of other runs their numbers. */
function identityOf(part: ReportPart): string {
  const text =
    part.kind === "benchmark"
      ? `${part.benchmark.code} ${part.benchmark.created}`
      : JSON.stringify(part.kind === "ladder" ? part.runs : part.policies);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Null where there is none that this program wrote. */
function readManifest(path: string): z.infer<typeof manifestSchema> | null {
  const file = join(path, MANIFEST);
  if (!existsSync(file)) return null;
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}
