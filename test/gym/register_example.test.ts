import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "ring0-example-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The code of the example in the docstring of `Registry.register`. */
function example(): string {
  const source = readFileSync(new URL("../../gym/registry.ts", import.meta.url), "utf8");
  const [, code] = /```ts\n([\s\S]*?)\n\s*\* ```/.exec(source.slice(source.indexOf("A complete example")))!;
  return code.replace(/^ +\* ?/gm, "");
}

test("the example of register runs, and its environment keeps the contract", async () => {
  const index = fileURLToPath(new URL("../../index.ts", import.meta.url));
  const file = join(folder, "guess.ts");
  writeFileSync(
    file,
    `${example().replaceAll('"ring0-gym"', JSON.stringify(index))}\nexport { broken, reward, terminated };\n`,
  );
  const { broken, reward, terminated } = await import(file);
  expect(broken).toEqual([]);
  expect({ reward, terminated }).toEqual({ reward: 1, terminated: true });
});
