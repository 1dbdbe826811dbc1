import type { z } from "zod";
import { InputFormatError } from "../../format/trace_format_error.ts";

/**
 * Parses a JSON text and checks it against a schema.
 *
 * @throws InputFormatError that names the first wrong value and what is allowed
 */
export function parseJson<Value>(text: string, schema: z.ZodType<Value>, file?: string): Value {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new InputFormatError({ file }, `not JSON: ${(error as Error).message.replaceAll("\n", " ")}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const where = path.length > 0 ? path.join(".") : "the file";
  throw new InputFormatError({ file }, `${where}: ${message}, got ${JSON.stringify(found)?.slice(0, 60)}`);
}
