import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeError } from "../../harness/run/describe_error.ts";
import type { Files, Input, Target } from "./target.ts";

/** How an input ended, and for a crash the reason. */
export type Tried = { outcome: "refused" | "accepted" } | { outcome: "crashed"; why: string };

/** Longest message, characters. */
const LONGEST_MESSAGE = 4000;

/** Tries an input in a folder of its own. */
export async function tryInput(target: Target, input: Input): Promise<Tried> {
  const folder = mkdtempSync(join(tmpdir(), "ring0-fuzz-"));
  const before = process.cwd();
  try {
    writeFiles(folder, input.files);
    process.chdir(folder);
    return (await verdict(target, input)) ?? { outcome: "accepted" };
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes files by name, with their folders. */
export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

async function verdict(target: Target, input: Input): Promise<Tried | null> {
  const before = listing();
  let refused: string | null = null;
  try {
    await target.run(input);
  } catch (error) {
    const { message, expected } = describeError(error);
    const stack = error instanceof Error ? error.stack : String(error);
    if (!expected) return { outcome: "crashed", why: `${stack}` };
    refused = message;
  }
  const fault = polluted() ?? halfWritten(before, refused !== null) ?? (refused === null ? null : unclear(refused));
  if (fault !== null) return { outcome: "crashed", why: fault };
  return refused === null ? null : { outcome: "refused" };
}

/** All paths in the current folder. */
function listing(): string[] {
  return readdirSync(".", { recursive: true, encoding: "utf8" }).sort();
}

/** What a refused input left behind, or a partial file of any input. */
function halfWritten(before: readonly string[], refused: boolean): string | null {
  const added = listing().filter((path) => !before.includes(path));
  const left = refused ? added : added.filter((path) => /\.tmp$|\.partial|\.lock$/.test(path));
  return left.length === 0 ? null : `left behind: ${left.join(", ").slice(0, 500)}`;
}

/** A message that is no help. */
function unclear(message: string): string | null {
  if (message.trim() === "") return "an empty message";
  if (message.length > LONGEST_MESSAGE) return `a message of ${message.length} characters`;
  return /\bundefined is not|\bCannot read propert|is not a function|Maximum call stack/.test(message)
    ? `a message of the engine: ${message}`
    : null;
}

/** Keys of the prototypes before anything ran. */
const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Number.prototype];
const KEYS = PROTOTYPES.map((one) => Reflect.ownKeys(one).length);

/** What was added to the prototypes of the language. */
function polluted(): string | null {
  const at = PROTOTYPES.findIndex((one, i) => Reflect.ownKeys(one).length !== KEYS[i]);
  return at < 0 && !("polluted" in {}) ? null : `a prototype was changed (${at})`;
}
