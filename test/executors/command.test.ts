import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { commandExecutor } from "../../harness/benchmark/executors/command.ts";
import { DONE, FAIL, runSmall, smallCells, smallFolder, smallProgram } from "./small_plan.ts";

describe("the executor command=", () => {
  it("runs each cell by its line, and gives cells of hosts that are down or die to others", async () => {
    const folder = smallFolder(6);
    // The host "down" does not answer, as ssh says with 255; "dies" is gone in the middle of a cell.
    const template = `echo {host} >> ${folder}/log; case {host} in down) echo no route >&2; exit 255;; esac; HOST={host} sh -c`;
    const program = smallProgram(folder, `if [ "$HOST" = dies ]; then kill -9 $$; fi; sleep 0.1; ${DONE}`);
    const executor = commandExecutor(template, { program, hosts: ["down", "dies", "good", "good"] });
    const { how, notes } = await runSmall(folder, smallCells(6), executor);
    expect(how).toBe("done");
    for (const { name } of smallCells(6)) expect(existsSync(join(folder, "jobs", name, "results.csv"))).toBe(true);
    expect(notes.join("\n")).toMatch(/cell-\d:\n {2}no route/);
    expect(notes.join("\n")).toMatch(
      /cell \d \(cell-\d\) was lost at start \d of 3: its command on down ended with exit code 255; it starts again/,
    );
    expect(notes.join("\n")).toMatch(/its command on dies ended with /);
    // A host that loses two cells in a row gets no more.
    const used = readFileSync(join(folder, "log"), "utf8").trim().split("\n");
    for (const host of ["down", "dies"]) expect(used.filter((one) => one === host).length).toBeLessThanOrEqual(2);
  });

  it("does not use up the starts of a cell on hosts that are down, while another one is busy", async () => {
    const folder = smallFolder(3);
    const template = `case {host} in down*) exit 255;; esac; sh -c`;
    const program = smallProgram(folder, `sleep 0.5; ${DONE}`);
    const executor = commandExecutor(template, { program, hosts: ["down1", "down2", "down3", "good"] });
    const { how, notes } = await runSmall(folder, smallCells(3), executor);
    expect(how).toBe("done");
    expect(notes.filter((text) => text.includes("at start 2"))).toEqual([]);
  });

  it("ends with the machine and the last lines of a cell that failed, and does not start it again", async () => {
    const folder = smallFolder(1);
    const program = smallProgram(folder, `echo start >> ${folder}/log; ${FAIL}`);
    const { how, notes } = await runSmall(folder, smallCells(1), commandExecutor("sh -c", { program }));
    expect(how).toBe("RunError: cell 0 (cell-0) failed on m9 (a processor, Node v22): out of paper");
    expect(notes).toEqual(["last lines of cell-0:\n  first line\n  the last words"]);
    expect(readFileSync(join(folder, "log"), "utf8")).toBe("start\n");
  });

  it("starts a lost cell three times at most, and does not believe a program that leaves no result", async () => {
    const folder = smallFolder(1);
    const program = smallProgram(folder, `echo start >> ${folder}/log; kill -9 $$`);
    const lost = await runSmall(folder, smallCells(1), commandExecutor("exec sh -c", { program }));
    expect(lost.how).toMatch(/^RunError: cell 0 \(cell-0\) was lost at start 3 of 3: its command on .* ended with /);
    expect(readFileSync(join(folder, "log"), "utf8")).toBe("start\n".repeat(3));
  });

  it("asks cells to end when it is interrupted", async () => {
    const folder = smallFolder(2);
    const program = smallProgram(
      folder,
      `trap 'echo saved > "$job/saved"; exit 143' TERM; echo on > "$job/on"; while :; do sleep 0.05; done`,
    );
    const controller = new AbortController();
    const ran = runSmall(folder, smallCells(2), commandExecutor("sh -c", { program }), controller.signal);
    while (!existsSync(join(folder, "jobs/cell-0/on"))) await pause(20);
    controller.abort();
    expect((await ran).how).toBe("interrupted");
    expect(existsSync(join(folder, "jobs/cell-0/saved"))).toBe(true);
    expect(existsSync(join(folder, "jobs/cell-1/on"))).toBe(false);
  });

  it("takes the cell's line as one word, wherever it stands, and names of hosts as they are", async () => {
    const folder = smallFolder(1);
    const program = smallProgram(folder, `echo "$HOST" > ${folder}/host; ${DONE}`);
    const executor = commandExecutor("HOST={host} sh -c {command} beside", { program, hosts: ["a'b $(exit) c"] });
    expect((await runSmall(folder, smallCells(1), executor)).how).toBe("done");
    expect(readFileSync(join(folder, "host"), "utf8")).toBe("a'b $(exit) c\n");
  });

  it("refuses hosts that no line names, and a line that names hosts without any", () => {
    const program = "true";
    expect(() => commandExecutor(" ", { program })).toThrow(
      'command= takes a line for a shell, as in command="ssh {host}"',
    );
    expect(() => commandExecutor("ssh {host}", { program })).toThrow('command="ssh {host}" has a {host}: give --hosts');
    expect(() => commandExecutor("sh -c", { program, hosts: ["a", "b"] })).toThrow(
      '--hosts a,b needs a {host} in command="sh -c"',
    );
  });
});
