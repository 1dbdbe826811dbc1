import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { assertWorkload } from "../../../kernel/readahead/workload.ts";
import { decodeAccessTrace } from "../../../workloads/format/trace_format.ts";
import { accessTraceWorkload } from "../../../workloads/readahead/access_trace_workload.ts";
import { type AccessDescription, describeTrace } from "../../../workloads/recorder/describe_trace.ts";

const folder = fileURLToPath(new URL("../../../workloads/traces/accesses/", import.meta.url));
const files = readdirSync(folder);
/** Table lines of the README's page accesses, by name of the trace. */
const lines = new Map(
  readFileSync(`${folder}/../README.md`, "utf8")
    .split("## Page accesses")[1]!
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map((cells) => [cells[1]!, cells.slice(1, -1)] as const),
);

describe.each(files)("the page accesses in %s", (file) => {
  const name = file.replace(/\.r0t$/, "");
  const facts = describeTrace(folder + file) as AccessDescription;

  test("are what the README says", () => {
    expect(facts).toMatchObject({ name, kind: "accesses", pageBytes: 4096, stackDepth: 16 });
    const [, , , program, command, ...numbers] = lines.get(name)!;
    expect(program).toContain(facts.program.split(", Debian ")[1]);
    expect(command).toBe(`\`${facts.command}\``);
    expect(numbers).toEqual([
      `${facts.skipped}`,
      `${facts.accesses}`,
      `${facts.pages}`,
      `${facts.threads}`,
      `${facts.programCounters}`,
      `${facts.vmas}`,
      facts.writeShare.toFixed(2),
      facts.tenthMissShare.toFixed(3),
      facts.quarterMissShare.toFixed(3),
      `${Math.round(facts.packedBytes / 1000)}`,
    ]);
  });

  test("come back to their pages: a tenth of them in memory is not enough", () => {
    expect(facts.tenthMissShare * facts.accesses).toBeGreaterThan(2 * facts.pages);
  });

  test("are a workload, whole and in part", () => {
    const trace = decodeAccessTrace(readFileSync(folder + file), file);
    const whole = accessTraceWorkload(trace);
    assertWorkload(whole);
    expect(whole).toMatchObject({ name, footprint: facts.pages, programCounters: facts.programCounters });
    expect(whole.threads.length).toBe(facts.threads);
    expect(whole.pages).toBeGreaterThanOrEqual(facts.pages);
    expect(whole.pages).toBeLessThanOrEqual(facts.mappedPages);
    const part = accessTraceWorkload(trace, { first: 1000, accesses: 100_000 });
    assertWorkload(part);
    expect(part.threads.reduce((sum, { page }) => sum + page.length, 0)).toBe(100_000);
    expect(part.footprint).toBeLessThanOrEqual(whole.footprint);
  });
});

test("the recordings of one program are in one split, every split has several threads, and all are small", () => {
  expect([...lines.keys()].sort()).toEqual(files.map((file) => file.replace(/\.r0t$/, "")).sort());
  const splitOf = new Map<string, string>();
  const threads = new Map<string, number>();
  for (const [, split, family, , , , , , count] of lines.values()) {
    expect(splitOf.get(family!) ?? split).toBe(split);
    splitOf.set(family!, split!);
    threads.set(split!, Math.max(threads.get(split!) ?? 0, Number(count)));
  }
  expect([...threads.keys()].sort()).toEqual(["test", "train", "validation"]);
  for (const most of threads.values()) expect(most).toBeGreaterThanOrEqual(4);
  const sizes = files.map((file) => statSync(folder + file).size);
  expect(Math.max(...sizes)).toBeLessThan(1_000_000);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(6_000_000);
});
