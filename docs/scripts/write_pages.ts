import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentPages } from "./environment_page.ts";

// Writes the generated pages into `docs/environments`, which git ignores, and their list for the site's sidebar.
const docs = fileURLToPath(new URL("..", import.meta.url));
rmSync(join(docs, "environments"), { recursive: true, force: true });
const pages = environmentPages();
for (const { path, text } of pages) {
  const file = join(docs, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
const items = pages.map(({ path, title }) => ({ text: title, link: `/${path.replace(/(index)?\.md$/, "")}` }));
writeFileSync(join(docs, "environments/pages.json"), `${JSON.stringify(items, null, 2)}\n`);
