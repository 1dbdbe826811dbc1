import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type RecordOptions, recordProgram } from "../../../workloads/recorder/record_program.ts";
import { OutputExistsError } from "../../../workloads/recorder/trace_file.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

/** Options for a run of node with this script instead of a program built with ring0-cc. */
function node(folder: string, script: string): RecordOptions {
  return { command: process.execPath, args: ["-e", script], out: join(folder, "out.r0t"), method: "tsan" };
}

/** A substitute for valgrind that writes `lines` to its log. */
function fakeValgrind(folder: string, lines: string): void {
  const script = join(folder, "valgrind");
  writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "==1== $*" >&9\nprintf '${lines}' >&9\n`);
  chmodSync(script, 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}:${path}`;
  onTestFinished(() => {
    process.env.PATH = path;
  });
}

describe("recordProgram", () => {
  test("records a program built with the hooks, with the settings asked for", async () => {
    const folder = temporaryFolder();
    const script = `
      const { RING0_TRACE, RING0_WINDOW, RING0_PAGE, RING0_LINE, RING0_SETS, RING0_WAYS } = process.env;
      const head = ["ring0-raw 1", "page_bytes " + RING0_PAGE, ["filter", RING0_LINE, RING0_SETS, RING0_WAYS].join(" ")];
      const rest = ["window_accesses " + RING0_WINDOW, "window", "a 5 1", "end 1 5", ""];
      require("fs").writeFileSync(RING0_TRACE, [...head, ...rest].join("\\n"));`;
    const filter = { lineBytes: 32, sets: 64, ways: 2 };
    const options = { ...node(folder, script), filter, windowAccesses: 5, pageBytes: 8192, name: "n", program: "p 1" };
    expect(await recordProgram(options)).toMatchObject({
      name: "n",
      program: "p 1",
      filter,
      pageBytes: 8192,
      accesses: 5,
    });
  });

  test("records any program under lackey", async () => {
    const folder = temporaryFolder();
    fakeValgrind(folder, " L 1000,8\\n S 2000,8\\n");
    const options = { command: "ls", args: ["-l"], out: join(folder, "ls.r0t"), method: "lackey" } as const;
    const facts = await recordProgram(options);
    expect(facts).toMatchObject({ name: "ls", command: "ls -l", method: "valgrind lackey", pages: 2, accesses: 2 });
  });

  test("records page accesses in order with the hooks, with the settings asked for", async () => {
    const folder = temporaryFolder();
    const script = `
      const { RING0_TRACE, RING0_KIND, RING0_PAGE, RING0_DEPTH, RING0_SKIP, RING0_KEEP } = process.env;
      const head = ["ring0-raw-" + RING0_KIND + " 1", "page_bytes " + RING0_PAGE, "stack_depth " + RING0_DEPTH];
      const rest = ["skipped " + RING0_SKIP, "a 400 0 " + RING0_KEEP + " 1", "vma 8 4", "end 1", ""];
      require("fs").writeFileSync(RING0_TRACE, [...head, ...rest].join("\\n"));`;
    const cut = { kind: "accesses", stackDepth: 8, skip: 3, keep: 1, pageBytes: 8192 } as const;
    expect(await recordProgram({ ...node(folder, script), ...cut })).toMatchObject({
      kind: "accesses",
      method: "tsan hooks",
      stackDepth: 8,
      skipped: 3,
      pageBytes: 8192,
      mappedPages: 4,
      work: 1,
    });
  });

  test("records page accesses under lackey, and waits no longer than for those asked for", async () => {
    const folder = temporaryFolder();
    fakeValgrind(folder, "I  400,3\\n L 1000,8\\n S 2000,8\\n");
    writeFileSync(join(folder, "valgrind"), `${readFileSync(join(folder, "valgrind"), "utf8")}exec sleep 60 <&- >&-\n`);
    const options = { command: "ls", args: ["-l"], out: join(folder, "ls.r0t"), method: "lackey" } as const;
    const facts = await recordProgram({ ...options, kind: "accesses", keep: 2 });
    expect(facts).toMatchObject({ method: "valgrind lackey", pages: 2, accesses: 2, programCounters: 1 });
  });

  test.each<[string, string, string]>([
    ["fails", "process.exit(3)", "ended with exit code 3"],
    ["is killed", "process.kill(process.pid, 'SIGKILL')", "ended with signal SIGKILL"],
    ["has no hooks", "", "recorded nothing: build it with ring0-cc"],
    ["does not end its trace", "require('fs').writeFileSync(process.env.RING0_TRACE, '')", 'expected an "end" line'],
  ])("refuses a program that %s, and writes nothing", async (_, script, message) => {
    const folder = temporaryFolder();
    const options = node(folder, script);
    await expect(recordProgram(options)).rejects.toThrow(message);
    expect(existsSync(options.out)).toBe(false);
  });

  test("refuses a program that cannot be started, by either method", async () => {
    const folder = temporaryFolder();
    const options = { ...node(folder, ""), command: join(folder, "none") };
    await expect(recordProgram(options)).rejects.toThrow(`cannot start ${options.command}`);
    const path = process.env.PATH;
    process.env.PATH = folder;
    onTestFinished(() => {
      process.env.PATH = path;
    });
    await expect(recordProgram({ ...options, method: "lackey" })).rejects.toThrow("cannot start valgrind");
  });

  test("refuses what lackey did not write", async () => {
    const folder = temporaryFolder();
    fakeValgrind(folder, "nonsense\\n");
    const options = { command: "ls", args: [], out: join(folder, "ls.r0t"), method: "lackey" } as const;
    await expect(recordProgram(options)).rejects.toThrow("valgrind's output:2: expected");
    expect(existsSync(options.out)).toBe(false);
  });

  test("does not start the program when the output exists", async () => {
    const folder = temporaryFolder();
    const options = node(folder, "process.exit(3)");
    writeFileSync(options.out, "");
    await expect(recordProgram(options)).rejects.toThrow(OutputExistsError);
    await expect(recordProgram({ ...options, maxWindows: 0, force: true })).rejects.toThrow(RangeError);
  });
});
