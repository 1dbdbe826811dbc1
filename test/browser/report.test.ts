import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { writeReport } from "../../harness/report/report.ts";
import { writeSmallBenchmark, writeSmallLadder } from "../harness/benchmark/small_benchmark.ts";
import { HOSTILE_NAMES, writeHostileBenchmark } from "../harness/report/hostile.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const browserPath = [process.env.CHROMIUM ?? "", ...PLACES].find((path) => existsSync(path));

/** Where playwright-core is; null where it is not installed. */
function findLibrary(): string | null {
  try {
    return createRequire(import.meta.url).resolve("playwright-core");
  } catch {
    return null;
  }
}

/** What is used of a page of playwright-core: the library may be missing, and its types with it. */
interface Page {
  on(event: "console", listener: (message: { text(): string }) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
  on(event: "request", listener: (request: { url(): string }) => void): void;
  goto(address: string): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  emulateMedia(media: Record<string, string>): Promise<void>;
  locator(selector: string, options?: { hasText: string | RegExp }): Locator;
  readonly mouse: { move(x: number, y: number): Promise<void> };
}

interface Browser {
  newContext(options?: object): Promise<{ newPage(): Promise<Page> }>;
}

interface Locator {
  locator: Page["locator"];
  first(): Locator;
  click(): Promise<void>;
  allTextContents(): Promise<string[]>;
  textContent(): Promise<string | null>;
  isVisible(): Promise<boolean>;
  scrollIntoViewIfNeeded(): Promise<void>;
  boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null>;
}

/** Opens a page that may load nothing else. What it prints, what fails in it and what it asks for go to `troubles`. */
async function openPage(browser: Browser, address: string, troubles: string[], options?: object): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.on("console", (message) => troubles.push(message.text()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("data:")) troubles.push(`asked for ${url}`);
  });
  await page.goto(address);
  return page;
}

const HOSTILE = "runs no script and loads nothing, whatever the names are";
const NAME = "opens without errors, sorts, shows values and fits, in light and dark, on a phone and on paper";
const BACKGROUND = "getComputedStyle(document.body).backgroundColor";
const library = findLibrary();

if (browserPath === undefined || library === null) {
  const missing =
    browserPath === undefined ? "Chromium (apt-get install chromium, or CHROMIUM=path)" : "playwright-core";
  it.skip(`${HOSTILE}: left out, because there is no ${missing}; install both to run it`);
  it.skip(`${NAME}: left out, because there is no ${missing}; install both to run it`);
} else {
  it(HOSTILE, { timeout: 300_000 }, async () => {
    const { chromium } = (await import(pathToFileURL(library).href)).default;
    const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
    try {
      // Each agent has pictures of its own, so only some of the names are agents.
      for (const agent of HOSTILE_NAMES.filter((_, i) => i % 16 === 1)) {
        const [run, out] = [temporaryFolder(), join(temporaryFolder(), "report")];
        writeHostileBenchmark(
          run,
          agent,
          HOSTILE_NAMES.filter((name) => name !== agent),
        );
        const ladder = temporaryFolder();
        writeSmallLadder(ladder);
        await writeReport([run, ladder], { out });
        const address = pathToFileURL(join(out, "report.html")).href;
        const troubles: string[] = [];
        const page = await openPage(browser, address, troubles);
        // The page's own script runs: it has made the box for values.
        expect(await page.evaluate("document.querySelector('#tip') !== null")).toBe(true);
        expect(await page.evaluate("globalThis.hostile ?? null")).toBe(null);
        expect(await page.evaluate("document.querySelectorAll('script').length")).toBe(1);
        const foreign = "img, iframe, object, embed, form, base, template, details, animate, body [onload]";
        expect(await page.evaluate(`document.querySelectorAll("${foreign}").length`)).toBe(0);
        const handlers =
          "[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on'))";
        expect(await page.evaluate(handlers)).toEqual([]);
        expect(troubles).toEqual([]);
        // Without the escapes the policy of the page would still run nothing.
        await page.evaluate(
          "document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=globalThis.hostile=1>')",
        );
        await page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))");
        expect(await page.evaluate("globalThis.hostile ?? null")).toBe(null);
      }
    } finally {
      await browser.close();
    }
  });

  it(NAME, { timeout: 180_000 }, async () => {
    const { chromium } = (await import(pathToFileURL(library).href)).default;
    const run = temporaryFolder();
    writeSmallBenchmark(run);
    await writeReport([run]);
    const address = pathToFileURL(join(run, "report.html")).href;
    const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
    try {
      const troubles: string[] = [];
      const open = (options: object) => openPage(browser, address, troubles, options);
      const light = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
      expect(await light.evaluate(BACKGROUND)).toBe("rgb(255, 255, 255)");
      const table = light.locator("#tiering table", { hasText: "All policies" });
      const scores = async () => (await table.locator("tbody td:nth-child(3)").allTextContents()).map(Number);
      const head = table.locator("thead button", { hasText: /^score$/ });
      await head.click();
      const falling = await scores();
      expect(falling.length).toBe(9);
      expect(falling).toEqual([...falling].sort((a, b) => b - a));
      await head.click();
      expect(await scores()).toEqual([...falling].reverse());

      const point = light.locator('#tiering .picture path[aria-label^="ppo after"]').first();
      await point.scrollIntoViewIfNeeded();
      const box = (await point.boundingBox())!;
      await light.mouse.move(box.x + box.width / 2 + 3, box.y + box.height / 2 + 3);
      expect(await light.locator("#tip").textContent()).toMatch(
        /^ppo after 100 steps: 0\.68, seeds from 0\.67 to 0\.69$/,
      );
      expect(await light.locator("#tip").isVisible()).toBe(true);

      const dark = await open({ colorScheme: "dark" });
      expect(await dark.evaluate(BACKGROUND)).toBe("rgb(21, 24, 28)");
      const phone = await open({ viewport: { width: 390, height: 844 }, isMobile: true });
      expect(await phone.evaluate("document.documentElement.scrollWidth")).toBe(390);
      const paper = await open({ colorScheme: "dark" });
      await paper.emulateMedia({ media: "print", colorScheme: "dark" });
      expect(await paper.evaluate(BACKGROUND)).toBe("rgb(255, 255, 255)");
      expect(await paper.locator("nav").isVisible()).toBe(false);
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
    }
  });
}
