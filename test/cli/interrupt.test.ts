import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary_folder.ts";
import { startCli } from "./run_cli.ts";

/** Longest time from the second signal to the end, ms: a part of these commands takes longer. */
const AT_ONCE_MS = 1500;

/** Waits until something is there. */
async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await pause(20);
  }
}

/** State and parent of a process, from Linux's /proc; null if it has ended. */
function processState(pid: number): { state: string; parent: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? null : { state, parent: Number(parent) };
  } catch {
    return null;
  }
}

/** Temporary folders of a process. */
const foldersOf = (pid: number) => readdirSync(tmpdir()).filter((name) => name.includes(`-${pid}-`));

const processes = () => readdirSync("/proc").map(Number).filter(Boolean);

/** Processes that a process started, and those that they started. */
function familyOf(pid: number): number[] {
  const own = processes().filter((id) => processState(id)?.parent === pid);
  return own.flatMap((id) => [id, ...familyOf(id)]);
}

/** Sends SIGINT twice and returns how the command ended, and what it left. */
async function stoppedTwice(args: readonly string[], begun: (pid: number) => unknown) {
  const { child, result } = startCli(args);
  const pid = child.pid!;
  await until(() => begun(pid));
  const family = familyOf(pid);
  child.kill("SIGINT");
  await pause(50);
  child.kill("SIGINT");
  const told = performance.now();
  const { code } = await result;
  const ms = performance.now() - told;
  await pause(200);
  return {
    code,
    soon: ms < AT_ONCE_MS || ms,
    alive: family.filter((id) => processState(id) !== null),
    folders: foldersOf(pid),
  };
}

const ENDED = { code: 130, soon: true, alive: [], folders: [] };

describe.skipIf(process.platform !== "linux")("Ctrl-C twice", () => {
  it("ends a training at once in the middle of an update", async () => {
    const out = join(temporaryFolder(), "run");
    // An update takes minutes.
    const args =
      `train --env tiering --agent es --set episodes=100 --set pairs=100 --steps 10000000 --out ${out}`.split(" ");
    const begun = () => existsSync(join(out, "progress.csv"));
    expect(await stoppedTwice(args, begun)).toEqual(ENDED);
  });

  it("ends a benchmark and the processes of its jobs at once", async () => {
    const out = join(temporaryFolder(), "small");
    const args = `benchmark --env tiering --agents es --seeds 1 --no-tables --workers 2 --out ${out}`.split(" ");
    const begun = () => existsSync(join(out, "jobs/tiering-es-seed-1/progress.csv"));
    expect(await stoppedTwice(args, begun)).toEqual(ENDED);
  });

  it("ends a ladder and its agent at once, though the agent is suspended", async () => {
    const out = join(temporaryFolder(), "ladder");
    const args = `ladder --env tiering --policy random --process --deadline 1000 --blocks 4000 --out ${out}`.split(" ");
    const begun = (pid: number) => {
      const agent = familyOf(pid).find((id) => /\bagent\0--env/.test(commandLine(id)));
      if (agent === undefined) return false;
      process.kill(agent, "SIGSTOP");
      return processState(agent)?.state === "T";
    };
    expect(await stoppedTwice(args, begun)).toEqual(ENDED);
  });

  it("ends a recording and its program at the first Ctrl-C", async () => {
    const { child, result } = startCli(
      "trace record --method tsan --out x.r0t -- sleep 60".split(" "),
      temporaryFolder(),
    );
    const family = await until(() => {
      const own = familyOf(child.pid!);
      return own.some((id) => commandLine(id).startsWith("sleep")) && own;
    });
    child.kill("SIGINT");
    expect((await result).code).toBe(130);
    await pause(200);
    expect(family.filter((id) => processState(id) !== null)).toEqual([]);
    expect(foldersOf(child.pid!)).toEqual([]);
  });
});

describe("Ctrl-C once", () => {
  it("saves a training while it works, and the command that it names goes on", async () => {
    const out = join(temporaryFolder(), "run");
    const { child, result } = startCli(`train --env cartpole --agent ppo --steps 10000000 --out ${out}`.split(" "));
    await until(() => existsSync(join(out, "progress.csv")));
    child.kill("SIGINT");
    const { code, stderr } = await result;
    expect([code, stderr]).toEqual([130, expect.stringMatching(/interrupted and saved; continue with: .*--resume/)]);
    expect(existsSync(join(out, "checkpoint"))).toBe(true);
    expect(readdirSync(out)).not.toContain("pid");
  });
});

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
