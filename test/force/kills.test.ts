import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCells } from "../../harness/run/csv.ts";
import { CLI_ARGUMENTS } from "../cli/run_cli.ts";
import { temporaryFolder } from "../temporary_folder.ts";

/** Kills of each test. Set it to try more. */
const KILLS = Number(process.env.RING0_KILLS ?? 2);

/** Runs a command and kills it before its n-th change of a file in `folder`. */
async function run(
  args: readonly string[],
  folder: string,
  killAt = 0,
): Promise<{ code: number | null; said: string }> {
  const preload = ["--import", new URL("./kill_at.mjs", import.meta.url).href];
  const child = spawn(process.execPath, [...(killAt > 0 ? preload : []), ...CLI_ARGUMENTS, ...args], {
    env: { ...process.env, KILL_AT: `${killAt}`, KILL_IN: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = await once(child, "close");
  return { code, said };
}

/** Starts work, kills it once at another file operation after each start, and ends it. */
async function killed(begin: string[], goOn: string[], folder: string, operations: readonly number[]): Promise<void> {
  for (const at of operations) {
    const { code, said } = await run(existsSync(join(folder, "config.json")) ? goOn : begin, folder, at);
    if (code === 0) return;
    expect([code, said.match(/error.*/)?.[0]]).toEqual([null, undefined]);
  }
  const last = await run(existsSync(join(folder, "config.json")) ? goOn : begin, folder);
  expect([last.code, last.said.match(/error.*/)?.[0]]).toEqual([0, undefined]);
}

/** File operations at which to kill: spread over a start, some of them right after it. */
function operations(test: number): number[] {
  return Array.from({ length: KILLS }, (_, i) => 1 + ((7 * i + 13 * test) % 60));
}

const train = (out: string, seeds: number) =>
  `train --env cartpole --agent es --steps 3000 --evaluations 6 --episodes 1 --set episodes=1 --set pairs=2 --seeds ${seeds} --out ${out}`.split(
    " ",
  );

describe("kills", () => {
  it.each(KILLS > 2 ? [1, 2] : [2])(
    "of a training of %i seeds: it goes on, ends the same, and leaves nothing",
    async (seeds) => {
      const root = temporaryFolder();
      const [whole, broken] = [join(root, "whole"), join(root, "broken")];
      expect((await run(train(whole, seeds), whole)).code).toBe(0);
      await killed(train(broken, seeds), ["train", "--resume", broken], broken, operations(seeds));
      for (const place of seeds === 1 ? ["."] : ["seed-1", "seed-2"]) {
        const [one, two] = [join(whole, place), join(broken, place)];
        expect(readdirSync(two).sort()).toEqual(readdirSync(one).sort());
        expect(readFileSync(join(two, "policy/weights.bin"))).toEqual(readFileSync(join(one, "policy/weights.bin")));
        const kept = (path: string) => JSON.parse(readFileSync(join(path, "summary.json"), "utf8")).kept;
        expect(kept(two)).toEqual(kept(one));
        const steps = (path: string) => readCells(join(path, "progress.csv")).map(([step]) => step);
        expect(steps(two)).toEqual(steps(one));
      }
      expect(readdirSync(broken).sort()).toEqual(readdirSync(whole).sort());
    },
    600_000,
  );

  it("of a ladder: the same --out can be used again, and a result stays", async () => {
    const out = join(temporaryFolder(), "ladder");
    const args = ["ladder", "--env", "tiering", "--scenario", "bad", "--blocks", "2", "--out", out];
    for (const at of [6, 9, 1, 4, 12].slice(0, KILLS)) await run(args, out, at);
    const last = await run(args, out);
    expect([last.code, last.said.match(/error.*/)?.[0]]).toEqual([0, undefined]);
    expect(readdirSync(out).sort()).toEqual(
      ["ladder.csv", "ladder.png", "ladder.svg", "summary.json", "transitions.csv"].sort(),
    );
    expect((await run(args, out)).said).toMatch(/is not empty/);
  }, 300_000);
});
