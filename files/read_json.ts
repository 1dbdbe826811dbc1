import type { z } from "zod";
import { FileError } from "./file_error.ts";
import { firstIssue } from "./first_issue.ts";
import { readFile } from "./open_file.ts";
import { parseJson } from "./parse_json.ts";

/** Most bytes of a file of JSON. Source: choice; the largest in use, a checkpoint's, has less than 1 MB. */
export const MOST_JSON = 16 << 20;

/**
 * Reads a file of JSON that this program wrote.
 *
 * @throws FileError that names the file and the fault: unreadable, too large, no JSON, or the first wrong field
 */
export function readJson<Value>(path: string, schema: z.ZodType<Value>, most = MOST_JSON): Value {
  const text = readFile(path, most).toString("utf8");
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw new FileError(`${path} is damaged: ${(error as Error).message}`);
  }
  const read = schema.safeParse(json);
  if (!read.success) throw new FileError(`${path} is damaged: ${firstIssue(read.error, json)}`);
  return read.data;
}
