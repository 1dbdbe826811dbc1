import { mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { selectBackend } from "../../agents/backend.ts";
import { type Fixtures, makeFixtures } from "./fixtures.ts";
import type { Input, Target } from "./target.ts";
import { allTargets } from "./targets/index.ts";
import { tryInput, writeFiles } from "./try_input.ts";

/** What a child is told. */
export interface Task {
  readonly seed: number;
  /** Number of the first input of each target. */
  readonly from: Readonly<Record<string, number>>;
  /** Targets whose names contain this text. */
  readonly only: string;
  /** Time to run, ms. */
  readonly ms: number;
  /** Most inputs of all targets together. */
  readonly most: number;
  /** Folder of the inputs that crashed, and of the fixtures. */
  readonly folder: string;
  /** Only writes the first input into the folder. */
  readonly save: boolean;
  /** File into which the present input is written before it is tried. */
  readonly status: string;
}

/** What a child says after each input. */
export type Word =
  | { tried: string; outcome: "refused" | "accepted" }
  | { tried: string; outcome: "crashed"; index: number; why: string };

const task = JSON.parse(process.argv[2]) as Task;

/** The input of this number. It depends on nothing else, so that it can be tried alone. */
function inputOf(target: Target, index: number): Input {
  const seed = [...`${task.seed}/${target.name}/${index}`].reduce(
    (hash, char) => Math.imul(hash ^ char.charCodeAt(0), 16777619),
    0x811c9dc5,
  );
  return fc.sample(target.inputs, { seed, numRuns: 1 })[0];
}

/** The fixtures, made by the first child. */
async function fixturesOf(): Promise<Fixtures> {
  const file = join(task.folder, "fixtures.json");
  const revive = (_: string, value: unknown) =>
    typeof value === "string" && value.startsWith("base64:") ? Buffer.from(value.slice(7), "base64") : value;
  try {
    return JSON.parse(readFileSync(file, "utf8"), revive) as Fixtures;
  } catch {
    const made = await makeFixtures();
    const folders = Object.entries(made).map(([name, files]) => [
      name,
      Object.fromEntries(
        Object.entries(files as Record<string, Uint8Array>).map(([path, bytes]) => [
          path,
          `base64:${Buffer.from(bytes).toString("base64")}`,
        ]),
      ),
    ]);
    writeFileSync(file, JSON.stringify(Object.fromEntries(folders)));
    return made;
  }
}

mkdirSync(task.folder, { recursive: true });
const status = openSync(task.status, "w");
await selectBackend("cpu");
const targets = allTargets(await fixturesOf()).filter(({ name }) => name.includes(task.only));
if (targets.length === 0) throw new Error(`no target has "${task.only}" in its name`);
const next = new Map(targets.map(({ name }) => [name, task.from[name] ?? 0]));
process.send!("ready");

// Rejections that nobody awaits are faults as well.
let stray: unknown = null;
process.on("unhandledRejection", (reason) => {
  stray = reason;
});

const end = performance.now() + task.ms;
let count = 0;
for (let turn = 0; performance.now() < end && count < task.most; turn++) {
  const target = targets[turn % targets.length];
  // All targets get about the same time: slow ones get fewer inputs.
  const until = performance.now() + (target.name === "commands" ? 1000 : 200);
  do {
    const index = next.get(target.name)!;
    next.set(target.name, index + 1);
    writeSync(status, `${JSON.stringify({ target: target.name, index })}\n`.padEnd(100), 0);
    const input = inputOf(target, index);
    let tried = task.save ? { outcome: "crashed" as const, why: "" } : await tryInput(target, input);
    if (stray !== null) {
      tried = { outcome: "crashed", why: `unhandled rejection: ${stray instanceof Error ? stray.stack : stray}` };
      stray = null;
    }
    count++;
    if (tried.outcome === "crashed") {
      const place = join(task.folder, `${target.name.replaceAll(/\W+/g, "-")}-${index}`);
      writeFiles(place, { ...input.files, "ARGUMENTS.json": JSON.stringify(input.args ?? []), "WHY.txt": tried.why });
      process.send!({ tried: target.name, index, ...tried });
    } else {
      process.send!({ tried: target.name, outcome: tried.outcome });
    }
  } while (performance.now() < until && count < task.most);
}
process.disconnect();
process.exit(0);
