import { parseJson } from "../files/parse_json.ts";
import type { Feedback } from "./ladder_policy.ts";

/** Why bytes are not feedback: no JSON in UTF-8, or a field that is missing or has another type. */
export type FeedbackProblem = "json" | keyof Feedback;

const isMeasured = (value: unknown): boolean => value === null || Number.isFinite(value);
const isFlag = (value: unknown): boolean => typeof value === "boolean";

/** Checks the value of each field. */
const FIELDS: Readonly<Record<keyof Feedback, (value: unknown) => boolean>> = {
  block: Number.isSafeInteger,
  mode: (value) => typeof value === "string",
  applied: isFlag,
  propensity: Number.isFinite,
  cost: isMeasured,
  baselineCost: isMeasured,
  advantage: isMeasured,
  degraded: isFlag,
};

/** Feedback as JSON in UTF-8. */
export function encodeFeedback(feedback: Feedback): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(feedback));
}

/** The feedback in `bytes`, or what is wrong with them. It never throws. Unknown fields are kept. */
export function decodeFeedback(bytes: Uint8Array): Feedback | FeedbackProblem {
  let value: unknown;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return "json";
  }
  if (typeof value !== "object" || value === null) return "json";
  for (const [name, holds] of Object.entries(FIELDS)) {
    if (!Object.hasOwn(value, name) || !holds(Reflect.get(value, name))) return name as keyof Feedback;
  }
  return value as Feedback;
}
