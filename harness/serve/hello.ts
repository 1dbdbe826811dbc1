import { z } from "zod";
import { firstIssue } from "../../files/first_issue.ts";
import { parseJson } from "../../files/parse_json.ts";
import { describe } from "../../gym/describe.ts";
import { MAX_JSON_BYTES, MAX_JSON_DEPTH, PROTOCOL } from "./frames.ts";
import { ServeError } from "./serve_error.ts";

/** Most environments of one connection. Source: choice. */
export const MAX_ENVS = 65_536;

const split = z.enum(["train", "validation", "test"]);

/** Options of an environment by name. Environments check names and values. */
const options = z.record(z.string(), z.union([z.number(), z.string()]));

const evaluate = z.strictObject({
  name: z.string().min(1).max(100),
  split: split.default("test"),
  episodes: z.int().min(1).nullish(),
  first_seed: z.int().min(0).nullish(),
  rivals: z.boolean().default(true),
  policies: z.array(z.string()).default([]),
  options: options.default({}),
  columns: z.int().min(20).max(10_000).default(100),
});

const hello = z.strictObject({
  protocol: z.literal(PROTOCOL),
  env: z.string(),
  num_envs: z.int().min(1).max(MAX_ENVS).default(1),
  autoreset_mode: z.enum(["next-step", "same-step", "disabled"]).default("next-step"),
  splits: z.array(split).min(1).nullish(),
  options: options.default({}),
  max_episode_steps: z.int().min(1).nullable().optional(),
  infos: z.enum(["all", "final"]).default("all"),
  evaluate: evaluate.optional(),
});

/** What a client asks for first. docs/protocol.md describes the fields. */
export type Hello = z.infer<typeof hello>;

/** A policy that a client wants to have evaluated. */
export type EvaluateRequest = z.infer<typeof evaluate>;

/** Reads the payload of `hello`. @throws ServeError */
export function parseHello(payload: Uint8Array): Hello {
  const json = parsePayload(payload);
  const spoken = (json as { protocol?: unknown } | null)?.protocol;
  if (spoken !== PROTOCOL) {
    const got = describe(spoken).slice(0, 40);
    throw new ServeError("protocol", `hello: this server knows version ${PROTOCOL} of the protocol, got ${got}`);
  }
  const result = hello.safeParse(json);
  if (!result.success) throw new ServeError("value", `hello: ${firstIssue(result.error, json)}`);
  return result.data;
}

/** Reads the options of a `reset`; an empty payload has none. @throws ServeError */
export function parseResetOptions(payload: Uint8Array): Record<string, unknown> | undefined {
  if (payload.length === 0) return undefined;
  const json = parsePayload(payload);
  const result = options.safeParse(json);
  if (!result.success) throw new ServeError("value", `options of reset: ${firstIssue(result.error, json)}`);
  return result.data;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function parsePayload(payload: Uint8Array): unknown {
  if (payload.length > MAX_JSON_BYTES) {
    throw new ServeError("protocol", `JSON may have ${MAX_JSON_BYTES} bytes, got ${payload.length}`);
  }
  try {
    return parseJson(decoder.decode(payload), MAX_JSON_DEPTH);
  } catch (error) {
    throw new ServeError("protocol", `this is no JSON: ${(error as Error).message.slice(0, 100)}`);
  }
}
