import { createHash } from "node:crypto";
import { existsSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FileError } from "../../files/file_error.ts";
import { readJson } from "../../files/read_json.ts";
import { isLeftover } from "../run/leftovers.ts";
import { RunDirectory, writeWhole } from "../run/run_directory.ts";
import { UsageError } from "../run/usage_error.ts";
import type { ReportPart } from "./parts.ts";

/** The file that marks a folder as that of a report. */
const MANIFEST = "report.json";

const manifestSchema = z.strictObject({
  format: z.literal("ring0-gym/report"),
  version: z.literal(1),
  /** Identity of the first part of the report, see `identityOf`. */
  of: z.string(),
  /** All files written beside this one. They are plain names, so that a report never deletes anything elsewhere. */
  files: z.array(z.string().regex(/^\w[\w-]*\.(html|md|png|csv|json)$/)),
});

/** The folder of a report: its own, or that of the only run it is about. */
export class ReportFolder {
  readonly path: string;
  /** Names of the files that an earlier report wrote there. */
  readonly #before: readonly string[];
  /** Identity of the report; null in the folder of a run, which is not a folder of a report. */
  readonly #of: string | null;

  private constructor(path: string, before: readonly string[], of: string | null) {
    this.path = path;
    this.#before = before;
    this.#of = of;
  }

  /**
   * Opens the folder without writing anything.
   *
   * @throws UsageError if it holds anything but an earlier report with the same identity, or the only reported run
   */
  static open(path: string, parts: readonly ReportPart[]): ReportFolder {
    const of = identityOf(parts.find(({ kind }) => kind === "benchmark") ?? parts[0]);
    if (!existsSync(path)) return new ReportFolder(path, [], of);
    if (!statSync(path).isDirectory()) throw new UsageError(`${path} is a file, not a folder for a report`);
    const before = readManifest(path);
    if (before?.of === of) return new ReportFolder(path, before.files, of);
    if (before === null && parts.length === 1 && isSame(path, parts[0].path)) return new ReportFolder(path, [], null);
    if (readdirSync(path).every(isLeftover)) return new ReportFolder(path, [], of);
    throw new UsageError(
      `${path} must be new, empty, or a folder that an earlier report of the same benchmark wrote; give another --out`,
    );
  }

  /**
   * Writes files by name, and deletes the files of an earlier report that this one does not have.
   *
   * @param kept names of files that stay as they are
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
      // First, so that a folder is known as a report even after a kill in the middle.
      writeWhole(join(this.path, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    }
    for (const [name, content] of files) writeWhole(join(this.path, name), content);
  }
}

/** Whether two paths name the same folder. */
export function isSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other);
}

/** Tells a benchmark from others by its code and time, wherever its folder is; other runs by their numbers. */
function identityOf(part: ReportPart): string {
  const text =
    part.kind === "benchmark"
      ? `${part.benchmark.code} ${part.benchmark.created}`
      : JSON.stringify(part.kind === "ladder" ? part.runs : part.policies);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Null if the folder has no manifest that this program wrote. */
function readManifest(path: string): z.infer<typeof manifestSchema> | null {
  const file = join(path, MANIFEST);
  if (!existsSync(file)) return null;
  try {
    return readJson(file, manifestSchema);
  } catch (error) {
    // A file of another program may have the same name.
    if (error instanceof FileError) return null;
    throw error;
  }
}
