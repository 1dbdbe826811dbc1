import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FileError } from "../../../files/file_error.ts";
import { CsvLog, csvText, readCells } from "../../../harness/run/csv.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

it("writes records as they come, and an unfinished last line is left out", () => {
  const path = join(temporaryFolder(), "log.csv");
  const log = CsvLog.create(path);
  log.append({ step: 1, score: null });
  expect(readFileSync(path, "utf8")).toBe("step,score\n1,\n");
  log.append({ score: 0.5, step: 2 });
  log.close();
  writeFileSync(path, "3,", { flag: "a" });
  const resumed = CsvLog.resume(path, [], () => true);
  expect(resumed.records).toEqual([
    { step: 1, score: null },
    { step: 2, score: 0.5 },
  ]);
  resumed.log.close();
  expect(readFileSync(path, "utf8")).toBe("step,score\n1,\n2,0.5\n");
});

it("refuses records with other columns", () => {
  const log = CsvLog.create(join(temporaryFolder(), "log.csv"));
  log.append({ step: 1 });
  expect(() => log.append({ steps: 1 })).toThrow(/has the columns step, got steps/);
  expect(() => log.append({ step: 1, more: 1 })).toThrow(FileError);
  log.close();
});

it("goes on after the records that are kept", () => {
  const path = join(temporaryFolder(), "log.csv");
  writeFileSync(path, "step,loss\n1,0.5\n2,0.25\n3,0.125\n4,0.0");
  const { log, records } = CsvLog.resume(path, [], ({ step }) => step! <= 2);
  expect(records.map(({ step }) => step)).toEqual([1, 2]);
  log.append({ step: 3, loss: 9 });
  log.close();
  expect(readFileSync(path, "utf8")).toBe("step,loss\n1,0.5\n2,0.25\n3,9\n");
});

it("refuses what is no table of numbers, with file and line", () => {
  const path = join(temporaryFolder(), "log.csv");
  writeFileSync(path, "step,loss\n1,0.5\n2,x\n");
  expect(() => CsvLog.resume(path, [], () => true)).toThrow(FileError);
  expect(() => CsvLog.resume(path, [], () => true)).toThrow(`${path}:3: expected 2 numbers, got "2,x"`);
  expect(() => CsvLog.resume(`${path}.none`, [], () => true)).toThrow(FileError);
});

it.each([
  ["step,loss\n1,Infinity\n", ':2: expected 2 numbers, got "1,Infinity"'],
  ["step,loss\n1,1e999\n", ':2: expected 2 numbers, got "1,1e999"'],
  ["steps,loss\n1,2\n", " lacks the columns step; it has steps, loss"],
  ["step\n".repeat(1_000_001), " has 1000001 lines; at most 1000000 can be read"],
  [`step${",".repeat(20_000_000)}\n`, " has 20000001 cells; at most 20000000 can be read"],
])("refuses to go on with another table", (text, message) => {
  const path = join(temporaryFolder(), "log.csv");
  writeFileSync(path, text);
  expect(() => CsvLog.resume(path, ["step"], () => true)).toThrow(`${path}${message}`);
  expect(readFileSync(path, "utf8")).toBe(text);
});

it("refuses records with other columns than those of the file", () => {
  const path = join(temporaryFolder(), "log.csv");
  writeFileSync(path, "step,loss\n1,2\n");
  const { log } = CsvLog.resume(path, ["step"], () => true);
  expect(() => log.append({ step: 1, gain: 2 })).toThrow(`${path} has the columns step, loss, got step, gain`);
  log.close();
});

it("quotes what needs it, and reads that again, without an unfinished line", () => {
  const text = csvText([{ a: 'x, "y"\nz', b: null }], ["a", "b"]);
  expect(text).toBe('a,b\n"x, ""y""\nz",\n');
  const path = join(temporaryFolder(), "table.csv");
  writeFileSync(path, `${text}1,`);
  expect(readCells(path)).toEqual([
    ["a", "b"],
    ['x, "y"\nz', ""],
  ]);
  writeFileSync(path, "");
  expect(readCells(path)).toEqual([]);
  writeFileSync(path, 'a,b\n"1,2\n');
  expect(() => readCells(path)).toThrow(new RegExp(`cannot read ${path}: Quote Not Closed.* line 2`));
});

it("writes names that a spreadsheet would calculate as texts, and reads them as they were; numbers stay numbers", () => {
  const names = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=x", "''-x", "'x", "x", ""];
  const path = join(temporaryFolder(), "names.csv");
  writeFileSync(
    path,
    csvText(
      names.map((name) => ({ name, value: -1 })),
      ["name", "value"],
    ),
  );
  const text = readFileSync(path, "utf8");
  expect(text).not.toMatch(/^"?[=+\-@\t\r]/m);
  expect(text).toContain("'=1+1,-1");
  expect(readCells(path).slice(1)).toEqual(names.map((name) => [name, "-1"]));
});
