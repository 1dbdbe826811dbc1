import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkKernelFile, openKernelFile } from "../../../harness/process/kernel_file.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const ATTRIBUTE = "/sys/kernel/address_bits";

/** A folder, and a path in it that is a symbolic link to `target`. */
function linkTo(target: string): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, "device");
  symlinkSync(target, path);
  return { folder, path };
}

/** A regular file in a folder of its own. */
function victim(): string {
  const file = join(temporaryFolder(), "victim");
  writeFileSync(file, "as it was");
  return file;
}

describe("a file of the kernel is written", () => {
  it("where it is a character device, whatever leads to it", () => {
    const { folder, path } = linkTo("/dev/null");
    closeSync(openKernelFile(folder, path));
  });

  it("where it is a pipe, whatever leads to it", () => {
    const pipe = join(temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const { folder, path } = linkTo(pipe);
    checkKernelFile(folder, path, statSync(path));
    // Nobody reads the pipe.
    expect(() => openKernelFile(folder, path)).toThrow(/ENXIO/);
  });

  it.runIf(existsSync(ATTRIBUTE))("where it is an attribute in sysfs, whatever leads to it", () => {
    const { folder, path } = linkTo(ATTRIBUTE);
    checkKernelFile(folder, path, statSync(path));
  });

  it("where it is a regular file of the folder, which may itself be a link", () => {
    const real = temporaryFolder();
    writeFileSync(join(real, "file"), "");
    symlinkSync("file", join(real, "device"));
    const { path: folder } = linkTo(real);
    for (const name of ["file", "device"]) closeSync(openKernelFile(folder, join(folder, name)));
  });
});

describe("a file of the kernel is not written", () => {
  it("where a link to it leads to a regular file outside the folder", () => {
    const file = victim();
    const { folder, path } = linkTo(file);
    expect(() => openKernelFile(folder, path)).toThrow(`device leads to ${file}, a regular file outside ${folder}`);
  });

  it("where a link to its folder does", () => {
    const file = victim();
    const { folder, path } = linkTo(join(file, ".."));
    expect(() => openKernelFile(folder, join(path, "victim"))).toThrow(`leads to ${file}, a regular file outside`);
  });

  it("where it has another name, which may be outside the folder", () => {
    const file = victim();
    const folder = temporaryFolder();
    const path = join(folder, "device");
    linkSync(file, path);
    expect(() => openKernelFile(folder, path)).toThrow(`${path} is a regular file with 2 names; it must have one`);
  });

  it("where it is a folder", () => {
    const folder = temporaryFolder();
    const path = join(folder, "device");
    mkdirSync(path);
    expect(() => checkKernelFile(folder, path, statSync(path))).toThrow(
      `${path} must be a character device, a pipe or`,
    );
  });

  it("where it is not the file that was opened", () => {
    const folder = temporaryFolder();
    const path = join(folder, "device");
    writeFileSync(path, "");
    const file = victim();
    expect(() => checkKernelFile(folder, path, statSync(file))).toThrow(`another file took the place of ${path}`);
    expect(readFileSync(file, "utf8")).toBe("as it was");
  });
});
