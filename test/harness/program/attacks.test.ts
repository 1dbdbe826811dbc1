import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { playEpisode } from "../../../harness/play/episode.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";
import { makeForPlay } from "../../../harness/play/make_env.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { ATTACKS, attackSource } from "./attacks.ts";

const env = makeForPlay("tiering");

/** Plays two short episodes. Returns the costs, or the error. */
function play(source: string, name: string): number[] | string {
  const path = join(temporaryFolder(), `${name}.js`);
  writeFileSync(path, source);
  try {
    const policy = findPolicy("tiering", path);
    return [1, 2].map((seed) => playEpisode(env, policy, seed, { workload: "lua", pages: 2048 }).cost!);
  } catch (error) {
    expect((error as Error).name).toBe("ProgramError");
    return (error as Error).message;
  }
}

let harmless: number[] | string;

it("plays what attacks nothing", () => {
  harmless = play(attackSource({ name: "", body: "" }), "harmless");
  expect(harmless).toEqual([expect.any(Number), expect.any(Number)]);
});

it.each(ATTACKS)("a program cannot $name", (attack) => {
  const result = play(attackSource(attack), "attack");
  if (attack.refused === undefined) expect(result).toEqual(harmless);
  else expect(result).toMatch(attack.refused);
  expect(({} as { stolen?: number }).stolen).toBe(undefined);
  expect(Math.max(1, 2)).toBe(2);
});
