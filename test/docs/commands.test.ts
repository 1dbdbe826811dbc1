import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram } from "../../cli/program.ts";
import { registry } from "../../envs/index.ts";
import { findPolicy } from "../../harness/play/find_policy.ts";
import { codeBlocks, documents, inlineCode, inRepository, ROOT } from "./documents.ts";

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };

const lines = documents().flatMap(({ path, text }) => commandLines(text).map((command) => [path, command] as const));

describe("command lines", () => {
  it.each(lines)("%s: %s", (_, command) => {
    const [program, ...rest] = words(command);
    if (program === "npm") expectScript(rest);
    if (program === "npx" && rest[0] === "vitest") expectTests(rest.slice(1));
  });
});

/** `npm run [-s] SCRIPT [-- ARGUMENT...]`: the script is there, and takes these arguments. */
function expectScript([verb, ...rest]: readonly string[]): void {
  if (verb !== "run") {
    expect(["ci", "test"]).toContain(verb);
    return;
  }
  const [script, separator, ...args] = rest.filter((word) => word !== "-s");
  expect(scripts).toHaveProperty([script]);
  const own = /^tsx cli\/main\.ts (.+)$/.exec(scripts[script]);
  if (own === null) return;
  if (separator !== undefined) expect(separator, "arguments of a script stand behind --").toBe("--");
  // In text a command may be named alone, without the options that it requires.
  if (args.length > 0) expectParsed([...own[1].split(" "), ...args]);
}

/** The command line accepts the arguments, and knows the environment and the policies in them. */
function expectParsed(args: readonly string[]): void {
  const program = createProgram().configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  const parsed: Command[] = [];
  forEachCommand(program, (command) => {
    command.action(() => {
      parsed.push(command);
    });
  });
  program.parse([...args], { from: "user" });
  expect(parsed).toHaveLength(1);
  const { env, policy } = parsed[0].opts<{ env?: string | string[]; policy?: string | string[] }>();
  const environments = [env ?? []].flat().filter((name) => name !== "all");
  for (const name of environments) {
    registry.spec(name);
    for (const one of [policy ?? []].flat()) if (isName(one)) findPolicy(name, one);
  }
}

/** A policy by name, not by a folder, for which documents have a word in capitals or a path. */
function isName(policy: string): boolean {
  return !policy.includes("/") && policy !== policy.toUpperCase();
}

function forEachCommand(command: Command, visit: (command: Command) => void): void {
  // A command with parts runs without them only if it has options of its own, as `benchmark` does.
  if (command.commands.length === 0 || command.options.some(({ long }) => long === "--out")) visit(command);
  for (const inner of command.commands) forEachCommand(inner, visit);
}

/** `vitest run PATH...`: the tests are there. */
function expectTests([verb, ...paths]: readonly string[]): void {
  expect(verb).toBe("run");
  for (const path of paths) expect(inRepository(path), `there is no ${path}`).toBe(true);
}

/**
 * The command lines of a document: of its shell blocks, and those that stand in its text and are no template with words in capitals for
 * what a reader fills in.
 */
function commandLines(text: string): string[] {
  const ofBlocks = codeBlocks(text)
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => code.replaceAll(/\\\n\s*/g, " ").split("\n"));
  const ofText = inlineCode(text).filter((line) => !/ [A-Z]{2,}\b/.test(line) && line !== "npm run -s");
  return [...ofBlocks, ...ofText]
    .flatMap((line) => line.split("&&"))
    .map((line) => line.replace(/(^|\s)#.*/, "").trim())
    .filter((line) => /^(\w+=\S+ )*np[mx] /.test(line))
    .map((line) => line.replace(/^(\w+=\S+ )+/, ""));
}

/** The words of a line as a shell splits it. */
function words(command: string): string[] {
  const quoted = /'([^']*)'|"([^"]*)"/g;
  return command
    .match(/('[^']*'|"[^"]*"|[^\s'"])+/g)!
    .map((word) => word.replaceAll(quoted, (_, single, double) => single ?? double));
}
