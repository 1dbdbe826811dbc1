import type { z } from "zod";

/** The first thing that is wrong, with the field where it is. */
export function firstIssue({ issues: [{ path, message }] }: z.ZodError): string {
  return path.length > 0 ? `${path.join(".")}: ${message}` : message;
}
