import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { html, htmlTable } from "../../../harness/report/html.ts";
import { markdownTable } from "../../../harness/report/markdown.ts";
import { benchmarkTables, withTable, writeReadmeTable } from "../../../harness/report/readme_table.ts";
import { writeReport } from "../../../harness/report/report.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { SMALL_SVG, writeSmallBenchmark, writeSmallLadder, writeSmallTraining } from "../benchmark/small_benchmark.ts";
import { writeHostileBenchmark } from "./hostile.ts";

const RESULTS = new URL("../../../docs/results/", import.meta.url).pathname;

describe("writeReport", () => {
  it("writes a page that needs nothing beside it, and the pictures", async () => {
    const [run, ladder, out] = [temporaryFolder(), temporaryFolder(), join(temporaryFolder(), "report")];
    writeSmallBenchmark(run);
    writeSmallLadder(ladder);
    const { files } = await writeReport([run, ladder], { out });
    const pictures = [
      "1-ladder.png",
      "tiering-curve-es.png",
      "tiering-curve-ppo.png",
      "tiering-families.png",
      "tiering-profile.png",
    ];
    const numbers = ["benchmark.json", "results.csv", "throughput.csv", "validation.csv"];
    expect([...files].sort()).toEqual([...numbers, "report.html", "tables.md", ...pictures].sort());
    expect(readdirSync(out).sort()).toEqual([...files, "report.json"].sort());
    const page = readFileSync(join(out, "report.html"), "utf8");
    // Names of XML are no addresses that anybody asks.
    expect(page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, "")).not.toMatch(/https?:|src=|@import|url\((?!#)/);
    for (const text of [
      "behind</span> the hand rule <b>level-law</b>",
      "A rule suffices",
      "1 of 2 hold",
      "Mode ladder",
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain("This is a quick benchmark");
    const again = await writeReport([out, ladder], { out });
    expect([...again.files].sort()).toEqual([...pictures, "report.html", "tables.md"].sort());
    const tables = readFileSync(join(out, "tables.md"), "utf8");
    expect(tables).toMatch(/^# Tables of a benchmark\n/);
    for (const text of [
      "## ring0/Tiering-v1",
      "| level-law | hand-rule | 0.800 |",
      "ppo was chosen by its validation score of 0.900",
    ]) {
      expect(tables).toContain(text);
    }
    expect(readFileSync(join(out, "report.html"), "utf8")).toBe(page);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, used] of page.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(used);
    // Colours are the page's, which differ in light and dark.
    expect(page).not.toMatch(/(fill|stroke)="(white|#000|#0072B2)"/);
  });

  it("shows no interval of a training of fewer than three seeds, its rivals theirs over episodes", async () => {
    for (const [seeds, agentIntervals] of [
      [2, 0],
      [3, 2],
    ]) {
      const [run, out] = [temporaryFolder(), join(temporaryFolder(), "report")];
      writeSmallTraining(run, seeds);
      await writeReport([run], { out });
      const page = readFileSync(join(out, "report.html"), "utf8");
      expect(page.split("0.250 to 0.750").length - 1).toBe(agentIntervals);
      expect(page).toContain("0.125 to 0.375");
    }
  });

  it("takes a ladder before a benchmark, and the table of the benchmark", async () => {
    const [run, ladder, out] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    writeSmallBenchmark(run);
    writeSmallLadder(ladder);
    const readme = join(temporaryFolder(), "README.md");
    writeFileSync(readme, "<!-- benchmark -->\n<!-- end of benchmark -->\n");
    const before = [readdirSync(run), readdirSync(ladder)];
    const { benchmark, files } = await writeReport([ladder, run], { out, readme });
    expect(benchmark).toBe(run);
    expect(files).toContain("validation.csv");
    expect(readFileSync(readme, "utf8")).toContain("ring0/Tiering-v1");
    await expect(writeReport([ladder], { out: `${out}-2`, readme })).rejects.toThrow(/--readme needs a benchmark/);

    // Folders that are not the report's stay as they are.
    await expect(writeReport([ladder, run])).rejects.toThrow(/give --out/);
    for (const taken of [ladder, run]) {
      await expect(writeReport([ladder, run], { out: taken })).rejects.toThrow(/must be new, empty, or a folder/);
    }
    const other = temporaryFolder();
    writeSmallBenchmark(other, "2026-02-02T03:04:05.000Z");
    await expect(writeReport([other], { out })).rejects.toThrow(UsageError);
    expect([readdirSync(run), readdirSync(ladder)]).toEqual(before);
    await expect(writeReport([run], { out: readme })).rejects.toThrow(/is a file, not a folder/);
    await writeReport([ladder]);
    expect(readdirSync(ladder).sort()).toEqual(["ladder.csv", "ladder.png", "ladder.svg", "report.html"]);
  });

  it("deletes what an earlier report of the same benchmark wrote and this one lacks, and nothing else", async () => {
    const [run, out] = [temporaryFolder(), join(temporaryFolder(), "report")];
    writeSmallBenchmark(run);
    await writeReport([run, run], { out });
    expect(readdirSync(out)).toContain("2-tiering-profile.png");
    writeFileSync(join(out, "notes.txt"), "mine");
    rmSync(join(run, "validation.csv"));
    const { files } = await writeReport([run], { out });
    expect(files).toContain("tiering-profile.png");
    expect(readdirSync(out).sort()).toEqual([...files, "notes.txt", "report.json"].sort());
    expect(files).not.toContain("validation.csv");
  });

  it("takes no folder for its own whose report.json names files elsewhere", async () => {
    const [run, out] = [temporaryFolder(), join(temporaryFolder(), "report")];
    writeSmallBenchmark(run);
    await writeReport([run], { out });
    const manifest = join(out, "report.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace("tiering-profile.png", "../tiering-profile.png"));
    await expect(writeReport([run], { out })).rejects.toThrow(UsageError);
  });

  it("refuses pictures of a folder that hold anything else, and names the file", async () => {
    const [ladder, out] = [temporaryFolder(), join(temporaryFolder(), "report")];
    writeSmallLadder(ladder);
    writeFileSync(join(ladder, "ladder.svg"), SMALL_SVG.replace("></svg>", "><script>alert(1)</script></svg>"));
    await expect(writeReport([ladder], { out })).rejects.toThrow(/ladder\.svg is not only a picture: <script>$/);
    expect(existsSync(out)).toBe(false);
  });

  it("refuses folders that hold nothing to report", async () => {
    const empty = temporaryFolder();
    await expect(writeReport([empty])).rejects.toThrow(UsageError);
    expect(readdirSync(empty)).toEqual([]);
  });

  it("names what is damaged", async () => {
    const run = temporaryFolder();
    writeSmallBenchmark(run);
    writeFileSync(join(run, "benchmark.json"), '{"format": "ring0-gym/benchmark"}');
    await expect(writeReport([run])).rejects.toThrow(/benchmark\.json is damaged: version/);
  });
});

describe("names from files", () => {
  it("never become paths", async () => {
    const root = temporaryFolder();
    const [run, out] = [join(root, "a/b/run"), join(root, "a/b/out")];
    mkdirSync(run, { recursive: true });
    writeFileSync(join(root, "victim.png"), "mine");
    writeHostileBenchmark(run, "/../../../victim", ["../victim", "x"]);
    const { files } = await writeReport([run], { out });
    for (const file of files) expect(file).toMatch(/^[\w-]+\.(html|md|png|csv|json)$/);
    expect(files.filter((file) => file.includes("victim"))).toEqual([
      expect.stringMatching(/^tiering-curve-victim-[0-9a-f]{8}\.png$/),
    ]);
    expect(readFileSync(join(root, "victim.png"), "utf8")).toBe("mine");
    expect(readdirSync(root).sort()).toEqual(["a", "victim.png"]);
    // The folder is known as that of this report.
    await writeReport([run], { out });
  });

  it("are refused where a file is not what its columns and fields say", async () => {
    const training = temporaryFolder();
    writeSmallTraining(training, 3);
    const file = join(training, "summary.json");
    const summary = JSON.parse(readFileSync(file, "utf8"));
    for (const policy of [{ isEscaped: true, text: "<b>" }, ["<b>"], 1, null]) {
      const policies = [{ ...summary.test.policies[0], policy }, summary.test.policies[1]];
      writeFileSync(file, JSON.stringify({ ...summary, test: { policies } }));
      await expect(writeReport([training])).rejects.toThrow(/summary\.json is damaged: test\.policies\.0\.policy: /);
    }
    for (const text of ["null", "[]", "{}", "{", JSON.stringify({ ...summary, env: 1 })]) {
      writeFileSync(file, text);
      await expect(writeReport([training])).rejects.toThrow(/summary\.json is damaged: /);
    }
    const ladder = temporaryFolder();
    writeSmallLadder(ladder);
    writeFileSync(join(ladder, "ladder.csv"), "policy,cost\nppo\n");
    await expect(writeReport([ladder])).rejects.toThrow(/ladder\.csv:2: expected 2 cells, got 1/);
    writeFileSync(join(ladder, "ladder.csv"), "");
    await expect(writeReport([ladder])).rejects.toThrow(/ladder\.csv is no table/);
    const run = temporaryFolder();
    writeSmallBenchmark(run);
    const results = readFileSync(join(run, "results.csv"), "utf8");
    writeFileSync(join(run, "results.csv"), results.replace(",default,", ",<b>,"));
    await expect(writeReport([run])).rejects.toThrow(/results\.csv:2: role: /);
  });
});

describe("a table", () => {
  it("is HTML that keeps numbers beside what is shown, and Markdown", () => {
    const table = {
      caption: "a < b",
      columns: [{ title: "x" }, { title: "y", digits: 1 }],
      rows: [
        ["<b>", -2.25],
        ["", null],
        ["a|b", 1],
      ],
      strong: [2],
    };
    const written = htmlTable(table).toString();
    expect(written).toContain("<caption>a &lt; b</caption>");
    expect(written).toContain('<th scope="row">&lt;b&gt;</th><td class="number" data-value="-2.25">\u22122.3</td>');
    expect(written).toContain('<th scope="row"></th><td></td>');
    expect(html`${'"&"'}`.toString()).toBe("&quot;&amp;&quot;");
    expect(markdownTable(table).split("\n")).toEqual([
      "a < b:",
      "",
      "| x | y |",
      "| --- | --: |",
      "| <b> | \u22122.3 |",
      "|  |  |",
      "| **a\\|b** | **1.0** |",
    ]);
  });
});

describe("the table of the README", () => {
  const smallTables = () => {
    const run = temporaryFolder();
    writeSmallBenchmark(run);
    return benchmarkTables(run);
  };

  it("is written between its marks and nowhere else", () => {
    const tables = smallTables();
    const text = "before\n<!-- benchmark -->\nold\n<!-- end of benchmark -->\nafter\n";
    const once = withTable(text, tables, "README.md");
    expect(once).toMatch(/^before\n<!-- benchmark -->\n\n\| environment \|[\s\S]*<!-- end of benchmark -->\nafter\n$/);
    expect(once).not.toContain("old");
    expect(withTable(once, tables, "README.md")).toBe(once);
    expect(once).toMatch(/\| `ring0\/Tiering-v1` \| `ppo` \| \*\*0\.550\*\* \(/);
    expect(once).toContain("behind: `level-law` 0.800");
    expect(() => withTable("no marks", tables, "README.md")).toThrow(/README\.md needs the marks/);
  });

  it("leaves all other bytes and the permissions of the document, and the link to it", () => {
    const run = temporaryFolder();
    writeSmallBenchmark(run);
    const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    const [real, link] = [join(folder, "docs/real.md"), join(folder, "README.md")];
    mkdirSync(join(folder, "docs"));
    const around = [Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x00, 13, 10]), Buffer.from([0xc3, 13, 10, 0x80])];
    const marks = Buffer.from("<!-- benchmark --><!-- end of benchmark -->");
    writeFileSync(real, Buffer.concat([around[0], marks, around[1]]));
    chmodSync(real, 0o640);
    symlinkSync("docs/real.md", link);
    writeReadmeTable(run, link);
    const written = readFileSync(real);
    expect(written.subarray(0, 7)).toEqual(around[0]);
    expect(written.subarray(-4)).toEqual(around[1]);
    expect(written.includes("behind: `level-law`")).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    writeReadmeTable(run, link);
    expect(readFileSync(real)).toEqual(written);

    const outside = join(elsewhere, "notes.md");
    writeFileSync(outside, marks);
    symlinkSync(outside, join(folder, "out.md"));
    expect(() => writeReadmeTable(run, join(folder, "out.md"))).toThrow(
      /is a link to .*notes\.md, outside of its folder/,
    );
    expect(readFileSync(outside)).toEqual(marks);
  });

  it("is the full one in a document with the marks of that", () => {
    const text = "<!-- benchmark in full -->\n<!-- end of benchmark in full -->\n";
    const once = withTable(text, smallTables(), "results.md");
    expect(once).toContain("behind: `level-law` 0.800");
    expect(once).toMatch(/Measured with: ring0-gym /);
  });

  it("is the one that docs/results gives, and stands where there are such results", () => {
    const documents = ["README.md", "docs/results.md"].map((path) => ({
      path,
      text: readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8"),
    }));
    for (const { text } of documents) expect(text.includes("<!-- benchmark")).toBe(existsSync(RESULTS));
    if (!existsSync(RESULTS)) return;
    const measured = benchmarkTables(RESULTS);
    for (const { path, text } of documents) expect(withTable(text, measured, path)).toBe(text);
  });
});
