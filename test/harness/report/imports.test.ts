import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** A loader that prints the address of every module of tfjs that is loaded. */
const LOADER = `
  import { writeSync } from "node:fs";
  export async function load(url, context, next) {
    if (url.includes("/@tensorflow/")) writeSync(1, url + "\\n");
    return next(url, context);
  }`;

/** What a process loads of tfjs when it imports a module of the project and then calls something of it. */
function loadedOfTfjs(module: string, call = ""): string {
  const loader = JSON.stringify(`data:text/javascript,${encodeURIComponent(LOADER)}`);
  const url = JSON.stringify(new URL(`../../../${module}`, import.meta.url).href);
  const program = `import { register } from "node:module"; register(${loader}); const loaded = await import(${url}); ${call}`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", program];
  return execFileSync(process.execPath, args, { encoding: "utf8" });
}

describe("a report", { timeout: 60_000 }, () => {
  it("is written without tfjs, which takes longer to load than the page takes to write", () => {
    expect(loadedOfTfjs("harness/report/report.ts")).toBe("");
  });

  it("would be seen to load it", () => {
    expect(loadedOfTfjs("agents/backend.ts", 'await loaded.selectBackend("cpu");')).toContain("tfjs-core");
  });
});
