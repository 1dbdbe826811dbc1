import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FileError } from "../../files/file_error.ts";
import { openFile, readFile } from "../../files/open_file.ts";
import { temporaryFolder } from "../temporary_folder.ts";

it("reads a regular file up to the limit", () => {
  const file = join(temporaryFolder(), "x");
  writeFileSync(file, "12345");
  expect(readFile(file, 5).toString()).toBe("12345");
  expect(() => readFile(file, 4)).toThrow(`${file} has 5 bytes; at most 4 bytes can be read`);
  expect(() => readFile(file, 4)).toThrow(FileError);
});

it("takes no memory for a file that is too large", () => {
  const file = join(temporaryFolder(), "x");
  writeFileSync(file, "");
  truncateSync(file, 2 ** 40);
  expect(() => readFile(file, 1000)).toThrow(`has ${2 ** 40} bytes; at most 1000`);
});

it("refuses everything else at once", async () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  mkdirSync(at("folder"));
  execFileSync("mkfifo", [at("pipe")]);
  const server = createServer();
  await new Promise<void>((done) => server.listen(at("socket"), done));
  for (const [path, message] of [
    ["/dev/full", "/dev/full is a device, not a regular file"],
    ["/dev/zero", "/dev/zero is a device, not a regular file"],
    [at("folder"), "is a folder, not a regular file"],
    [at("pipe"), "is a pipe, not a regular file"],
    [at("socket"), "is a socket or a device, not a regular file"],
    [at("missing"), `there is no file ${at("missing")}`],
    [join(at("folder"), "x\0y"), "cannot read"],
  ] as const) {
    expect(() => openFile(path, 1e9)).toThrow(FileError);
    expect(() => openFile(path, 1e9)).toThrow(message);
  }
  await new Promise((done) => server.close(done));
});
