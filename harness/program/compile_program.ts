/// <reference path="./amaro.d.ts" />
import { basename } from "node:path";
import { type Node, parse } from "acorn";
import { transformSync } from "amaro";
import { readFile } from "../../files/open_file.ts";
import { ProgramError } from "./program_error.ts";

/** Largest source of a program, bytes. Source: choice. */
const MOST_SOURCE = 1 << 20;

/** A program whose source can run in a realm. Plain data. */
export interface CompiledProgram {
  /** Name of its file, without folder: messages and tables have it. */
  readonly file: string;
  /** Statements of a script; lines and columns are those of the file. */
  readonly code: string;
  /** Names that it exports. */
  readonly exports: readonly string[];
}

/**
 * Reads a program: a module of JavaScript or TypeScript that imports nothing. Types become blanks, so that lines and
 * columns stay.
 *
 * @throws FileError unless it is a regular file; ProgramError with line and column where it is no such module
 */
export function compileProgram(path: string): CompiledProgram {
  const file = basename(path);
  const source = readFile(path, MOST_SOURCE).toString("utf8");
  const code = withoutTypes(source, file);
  const exports: string[] = [];
  const characters = [...splitUnits(code)];
  for (const node of parseModule(code, file)) refuseOrExport(node, file, exports, characters);
  return { file, code: characters.join(""), exports };
}

function withoutTypes(source: string, file: string): string {
  try {
    return transformSync(source, { mode: "strip-only", filename: file }).code;
  } catch (error) {
    throw new ProgramError(describeSyntax(String(error), file));
  }
}

/** A report of the compiler in one line. It marks the place in the source by a line of carets. */
function describeSyntax(report: string, file: string): string {
  const lines = report.split("\n");
  const text = lines[0].trim().replace(/^x /, "");
  const marks = lines.findIndex((line) => /^\s*:\s*\^/.test(line));
  const marked = marks < 1 ? null : /^(\s*(\d+) \| )/.exec(lines[marks - 1]);
  return marked === null
    ? `${file}: ${text}`
    : `${file}:${marked[2]}:${lines[marks].indexOf("^") - marked[1].length + 1}: ${text}`;
}

/** The statements of a module. @throws ProgramError where it cannot be parsed, or has an import anywhere */
function parseModule(code: string, file: string): readonly Statement[] {
  try {
    const { body } = parse(code, {
      ecmaVersion: "latest",
      sourceType: "module",
      locations: true,
      onToken: (token) => {
        if (token.type.keyword !== "import") return;
        const { line, column } = token.loc!.start;
        throw new ProgramError(`${file}:${line}:${column + 1}: a program imports nothing; write it in one file`);
      },
    });
    return body as unknown as Statement[];
  } catch (error) {
    if (error instanceof ProgramError) throw error;
    const { message, loc } = error as Error & { loc?: { line: number; column: number } };
    const text = firstLine(message).replace(/ \(\d+:\d+\)$/, "");
    throw new ProgramError(loc === undefined ? `${file}: ${text}` : `${file}:${loc.line}:${loc.column + 1}: ${text}`);
  }
}

/** What is used of a statement of acorn. */
interface Statement extends Node {
  readonly declaration?: Node & {
    readonly id?: { readonly name: string };
    readonly declarations?: readonly { readonly id: Node & { readonly name?: string } }[];
  };
}

/** Blanks the word `export` of a declaration and notes its names. @throws ProgramError at other exports */
function refuseOrExport(node: Statement, file: string, exports: string[], characters: string[]): void {
  if (!node.type.startsWith("Export")) return;
  const { declaration } = node;
  const names = declaration?.declarations?.map(({ id }) => id.name) ?? [declaration?.id?.name];
  if (node.type !== "ExportNamedDeclaration" || !declaration || names.includes(undefined)) {
    const { line, column } = node.loc!.start;
    throw new ProgramError(`${file}:${line}:${column + 1}: export by name where you declare: export function create`);
  }
  characters.fill(" ", node.start, node.start + "export".length);
  exports.push(...(names as string[]));
}

/** The UTF-16 units of a text, by which acorn counts. */
function splitUnits(text: string): string[] {
  return text.split("");
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0];
}
