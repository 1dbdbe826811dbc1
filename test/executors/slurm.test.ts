import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  SLURM_OUTPUT,
  SLURM_SCRIPT,
  slurmExecutor,
  slurmScript,
  writeSlurmScript,
} from "../../harness/benchmark/executors/slurm.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { DONE, FAIL, runSmall, smallCells, smallFolder, smallProgram } from "./small_plan.ts";

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

/** A stand-in for sbatch: it reads the array from the script and runs its tasks one after another, as Slurm does. */
function fakeSbatch(folder: string): void {
  const bin = temporaryFolder();
  const path = join(bin, "sbatch");
  writeFileSync(
    path,
    `#!/bin/sh
echo "$@" >> ${folder}/submitted
for script; do :; done
array=$(sed -n 's/^#SBATCH --array=//p' "$script" | sed 's/%.*//')
grep '^#SBATCH --array' "$script" >> ${folder}/submitted
echo "77;cluster"
for part in $(echo $array | tr , ' '); do
  for task in $(seq \${part%-*} \${part#*-}); do
    SLURM_ARRAY_TASK_ID=$task sh "$script" > ${folder}/${SLURM_OUTPUT}/$task.txt 2>&1 || worst=1
  done
done
exit \${worst:-0}
`,
  );
  chmodSync(path, 0o755);
  process.env.PATH = `${bin}:${PATH}`;
}

describe("the script for Slurm", () => {
  it("has one task for each cell, which its number alone starts", () => {
    const folder = smallFolder(6);
    const program = smallProgram(folder, DONE);
    const script = writeSlurmScript(folder, [5, 0, 1, 2, 4], { program, places: 2, sbatch: ["--time=10", "-p long"] });
    const text = readFileSync(script, "utf8");
    expect(text).toContain("#SBATCH --array=0-2,4-5%2\n");
    expect(text).toContain(`#SBATCH --output="${folder}/slurm/%a.txt"\n`);
    expect(text).toContain("#SBATCH --time=10\n#SBATCH -p long\n");
    execFileSync("sh", [script], { env: { ...process.env, SLURM_ARRAY_TASK_ID: "4" } });
    expect([0, 1, 2, 3, 4, 5].filter((i) => existsSync(join(folder, `jobs/cell-${i}/results.csv`)))).toEqual([4]);
  });

  it("refuses names and options that it cannot hold", () => {
    expect(() => slurmScript("/a%b", [0], { program: "true" })).toThrow('Slurm cannot write into "/a%b"');
    expect(() => slurmScript("/a", [0], { program: "true", sbatch: ["--time=1\nrm"] })).toThrow(
      "--sbatch takes an option",
    );
    expect(() => slurmScript("/a", [0], { program: "true", sbatch: ["long"] })).toThrow('got "long"');
  });
});

describe("the executor slurm", () => {
  it("submits one array, and the cells that it lost once more", async () => {
    const folder = smallFolder(4);
    fakeSbatch(folder);
    // Cells 1 and 2 are lost the first time, as by a node that fails.
    const program = smallProgram(
      folder,
      `case $cell in 1|2) [ -e $job/again ] || { : > $job/again; kill -9 $$; };; esac; ${DONE}`,
    );
    const said: string[] = [];
    const { how, notes } = await runSmall(
      folder,
      smallCells(4),
      slurmExecutor({ program, onNote: (text) => said.push(text) }),
    );
    expect(how).toBe("done");
    expect(readFileSync(join(folder, "submitted"), "utf8").split("\n")).toEqual([
      `--wait --parsable ${join(folder, SLURM_SCRIPT)}`,
      "#SBATCH --array=0-3",
      `--wait --parsable ${join(folder, SLURM_SCRIPT)}`,
      "#SBATCH --array=1-2",
      "",
    ]);
    expect(said[0]).toBe("submitted 4 cells as the array 77; see squeue --job 77");
    expect(notes.filter((text) => text.includes("was lost"))).toHaveLength(2);
  }, 30_000);

  it("says on which machine a cell failed, and with which last lines", async () => {
    const folder = smallFolder(2);
    fakeSbatch(folder);
    const program = smallProgram(folder, `[ $cell = 0 ] && ${DONE} || { ${FAIL}; }`);
    const { how, notes } = await runSmall(folder, smallCells(2), slurmExecutor({ program }));
    expect(how).toBe("RunError: cell 1 (cell-1) failed on m9 (a processor, Node v22): out of paper");
    expect(notes.join()).toContain("  the last words");
  });

  it("says how to stop the array when it is interrupted, and that sbatch is not there", async () => {
    const folder = smallFolder(1);
    fakeSbatch(folder);
    const controller = new AbortController();
    const said: string[] = [];
    const program = smallProgram(folder, "sleep 2");
    const executor = slurmExecutor({
      program,
      onNote(text) {
        said.push(text);
        controller.abort();
      },
    });
    expect((await runSmall(folder, smallCells(1), executor, controller.signal)).how).toBe("interrupted");
    expect(said[1]).toBe("the array 77 goes on without this command; stop it with: scancel 77");
    process.env.PATH = temporaryFolder();
    expect((await runSmall(folder, smallCells(1), slurmExecutor({ program }))).how).toBe(
      "UsageError: sbatch did not start: spawn sbatch ENOENT",
    );
  });
});
