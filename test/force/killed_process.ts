import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Where a process is killed. */
export interface Kill {
  /** Before which change of a file; 0 for never. */
  at: number;
  /** See `kill_at.mjs`. */
  whom: "main" | "job" | "parent";
}

/** How a process ended. */
export interface Ended {
  /** Null after a signal. */
  code: number | null;
  /** Its standard error. */
  said: string;
  /** Number of changes of files; null if it was killed. */
  changes: number | null;
}

/** Runs a command and kills it at a change of a file in `folder`. */
export async function runKilled(
  main: string,
  args: readonly string[],
  folder: string,
  { at, whom }: Kill = { at: 0, whom: "main" },
): Promise<Ended> {
  const count = join(folder, "..", "count");
  rmSync(count, { force: true });
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=${new URL("./kill_at.mjs", import.meta.url).href}`,
      KILL_AT: `${at}`,
      KILL_IN: folder,
      KILL_WHOM: whom,
      KILL_COUNT: whom === "main" ? count : "",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = await once(child, "close");
  return { code, said, changes: existsSync(count) ? Number(readFileSync(count, "utf8")) : null };
}
