import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { codeBlocks, documents, ROOT } from "./documents.ts";

/** A block of TypeScript as a file that can be imported. */
interface Module {
  readonly title: string;
  readonly file: string;
  readonly text: string;
}

// Inside the repository, so that names of packages resolve, in a folder that git ignores.
const folder = mkdtempSync(join(ROOT, "runs/.code-blocks-"));
const pages = documents()
  .filter(({ committed }) => committed)
  .map(({ path, text }) => modulesOf(path, text))
  .filter((modules) => modules.length > 0);

// A block may add to the registry. It gets a registry of its own, and so do the test files that follow in this process.
beforeAll(() => void vi.resetModules());
afterAll(() => void vi.resetModules());

beforeAll(() => {
  for (const { file, text } of pages.flat()) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("blocks of TypeScript", () => {
  it.each(pages.flat().map((module) => [module.title, module] as const))("%s runs", async (_, { file }) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await import(file);
    log.mockRestore();
  });

  it("have types that hold", () => {
    const config = join(folder, "tsconfig.json");
    const options = { extends: join(ROOT, "tsconfig.json"), include: ["**/*.ts"], exclude: [] };
    writeFileSync(
      config,
      JSON.stringify({ ...options, compilerOptions: { typeRoots: [join(ROOT, "node_modules/@types")] } }),
    );
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    try {
      execFileSync(process.execPath, [tsc, "--noEmit", "-p", config], { encoding: "utf8" });
    } catch (error) {
      expect((error as { stdout: string }).stdout).toBe("");
    }
  });
});

/**
 * The blocks of a document. A block whose fence names a file (`ts agents/some.ts`) is that file for the others of its page, and its
 * relative imports begin there; those of other blocks begin at the root.
 */
function modulesOf(document: string, text: string): Module[] {
  const blocks = codeBlocks(text).filter(({ language }) => language === "ts");
  const home = join(folder, document.replaceAll(/[/.]/g, "-"));
  const named = new Set(blocks.flatMap(({ meta }) => (meta === "" ? [] : [meta])));
  return blocks.map(({ line, meta, code }) => {
    const path = meta === "" ? `block-${line}.ts` : meta;
    const file = join(home, path);
    const resolved = (specifier: string) => {
      const own = specifier.startsWith(".");
      if (!own && specifier !== "ring0-gym") return specifier;
      const target = own ? posix.normalize(posix.join(posix.dirname(path), specifier)) : "index.ts";
      const found = relative(dirname(file), join(named.has(target) ? home : ROOT, target));
      return found.startsWith(".") ? found : `./${found}`;
    };
    return {
      title: `${document}:${line}`,
      file,
      // `export {}` makes a block a module of its own whatever it imports.
      text: `${code.replaceAll(/(\bfrom ")([^"]+)(")/g, (_, from, specifier, end) => `${from}${resolved(specifier)}${end}`)}\nexport {};\n`,
    };
  });
}
