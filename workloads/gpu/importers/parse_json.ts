import type { z } from "zod";
import { firstIssueIn } from "../../../files/first_issue.ts";
import { parseJson as parseText } from "../../../files/parse_json.ts";
import { InputFormatError } from "../../format/trace_format_error.ts";

/**
 * Parses a JSON text and checks it against a schema.
 *
 * @throws InputFormatError that names the first wrong value and what is allowed
 */
export function parseJson<Value>(text: string, schema: z.ZodType<Value>, file?: string): Value {
  let value: unknown;
  try {
    value = parseText(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new InputFormatError({ file }, `not JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { where, what } = firstIssueIn(parsed.error, value);
  throw new InputFormatError({ file }, `${where || "the file"}: ${what}`);
}
