import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../../files/read_json.ts";
import { writeWhole } from "../run/run_directory.ts";
import { machineName } from "../run/versions.ts";

/** The file in the folder of a job that says why its last start failed. */
export const FAILURE_FILE = "failure.json";

const failureSchema = z.object({
  format: z.literal("ring0-gym/failure"),
  version: z.literal(1),
  /** See `machineName`. */
  machine: z.string(),
  /** One line. */
  message: z.string(),
  /** ISO 8601. */
  created: z.string(),
});

/** Why a job failed, and where. */
export type Failure = z.infer<typeof failureSchema>;

/** Writes why a job failed on this machine. */
export function writeFailure(folder: string, message: string): void {
  const failure: Failure = {
    format: "ring0-gym/failure",
    version: 1,
    machine: machineName(),
    message,
    created: new Date().toISOString(),
  };
  writeWhole(join(folder, FAILURE_FILE), `${JSON.stringify(failure, null, 2)}\n`);
}

/** Why a job failed; null if it did not, or another program wrote the file. */
export function readFailure(folder: string): Failure | null {
  try {
    return readJson(join(folder, FAILURE_FILE), failureSchema);
  } catch {
    return null;
  }
}

/** Forgets the failure of an earlier start. */
export function clearFailure(folder: string): void {
  rmSync(join(folder, FAILURE_FILE), { force: true });
}
