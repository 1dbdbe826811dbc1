import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Writes the commands `serve` and `list` as one file without dependencies, `ring0-gym.mjs`, and the recorded traces
 * beside it, where `bundledTrace` finds them, and the licenses of what is in the file. The folder is written anew.
 */
export async function bundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: ROOT,
    entryPoints: ["cli/bundle_main.ts"],
    outfile: join(folder, "ring0-gym.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    minifySyntax: true,
    minifyWhitespace: true,
    // Training, `validate` and `bench` load these when they begin; `serve` and `list` never do.
    external: ["@tensorflow/*", "../bench/*", "../validate/*"],
    // CommonJS dependencies ask for modules of Node.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    logLevel: "warning",
  });
  writeFileSync(join(folder, "LICENSES.txt"), licensesOf(Object.keys(metafile.inputs)));
  const traces = join(ROOT, "workloads/traces");
  for (const name of readdirSync(traces, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".r0t")) cpSync(join(traces, name), join(folder, name));
  }
}

/** The licenses of the packages that own `files`. */
function licensesOf(files: readonly string[]): string {
  const packages = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  return [...packages]
    .sort()
    .map((path) => {
      const own = join(ROOT, path);
      const { name, version, license } = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
      const texts = readdirSync(own).filter((file) => /^licen[cs]e/i.test(file));
      const text = texts.map((file) => readFileSync(join(own, file), "utf8").trim()).join("\n\n");
      return `${name} ${version}: ${license}\n\n${text}\n`;
    })
    .join("\n");
}

if (argv[1] === fileURLToPath(import.meta.url)) await bundle(join(ROOT, "dist-bundle"));
