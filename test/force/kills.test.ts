import { cpSync, existsSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mean } from "d3-array";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPolicy } from "../../agents/checkpoint.ts";
import { Evaluator } from "../../harness/evaluate/evaluate.ts";
import { greedyPolicy } from "../../harness/play/policy.ts";
import { LOCK_FOLDER, PID_FILE } from "../../harness/run/claim_folder.ts";
import { readCells } from "../../harness/run/csv.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { buildProgram } from "./built_program.ts";
import { type Kill, runKilled } from "./killed_process.ts";
import { FORCE } from "./scale.ts";

/** Kills of one piece of work before it may end. */
const KILLS_OF_ONE = 4;

/** Columns that measure time. They differ between two runs of the same work. */
const TIMES = new Set(["steps_per_second", "wall_seconds", "decision_us", "charged_score", "training_seconds"]);

/** What commands answer after a kill between the results and the end of the process: the work is done. */
const FINISHED = /is finished; its|exists and is not empty|to train it further needs more/;

/** Sums over all kills. */
const figures = { kills: 0, wentOn: 0, works: 0, equal: 0, lost: 0, doubled: 0, leftovers: 0 };

let main = "";
const built = temporaryFolder({ onTestFinished: afterAll });
beforeAll(async () => {
  main = await buildProgram(built);
}, 300_000);
afterAll(() => {
  if (FORCE) process.stderr.write(`${JSON.stringify(figures)}\n`);
});

/** Work that is killed again and again. */
interface Work {
  name: string;
  /** Kills of `npm run test:force`, and of `npm test`. */
  kills: number;
  few?: number;
  whom?: readonly Kill["whom"][];
  /** Files that are there before, of a whole run of this command. */
  before?: (folder: string) => string[];
  begin: (folder: string) => string[];
  /** A program other than the command line. */
  program?: string;
  /** The command after a kill that left something. Default: `begin` again. */
  goOn?: (folder: string) => string[];
  /** Folders that have tables, and tables whose records must be those of an uninterrupted run. */
  tables: readonly string[];
  /** Files that must be those of an uninterrupted run, byte for byte. */
  files?: readonly string[];
  /** Folders of trainings, whose summary must be of the policy that is there. */
  trainings?: readonly string[];
  /** Episodes of each workload by which they choose the policy. Default: those of the run's config. */
  episodes?: number;
}

const CARTPOLE = "--env cartpole --evaluations 6 --episodes 1";
const ES = `${CARTPOLE} --agent es --set episodes=1 --set pairs=2`;
const PPO = `${CARTPOLE} --agent ppo --set numSteps=64 --set numEnvs=2 --set updateEpochs=1`;
const train = (options: string) => (out: string) => `train ${options} --out ${out}`.split(" ");
const resume = (out: string) => ["train", "--resume", out];
const further = (out: string) => `train --resume ${out} --steps 1600`.split(" ");
const weights = ["policy/weights.bin"];
const two = (names: readonly string[]) =>
  ["seed-1", "seed-2"].flatMap((seed) => names.map((name) => `${seed}/${name}`));

const WORKS: readonly Work[] = [
  {
    name: "a training",
    kills: 64,
    begin: train(`${ES} --steps 3000`),
    goOn: resume,
    tables: ["progress.csv", "evaluation.csv"],
    files: weights,
    trainings: ["."],
  },
  {
    name: "a training of two seeds",
    kills: 64,
    few: 2,
    begin: train(`${ES} --steps 2000 --seeds 2`),
    goOn: resume,
    tables: [...two(["progress.csv", "evaluation.csv"]), "evaluation.csv"],
    files: two(weights),
    trainings: ["seed-1", "seed-2"],
  },
  {
    // An interrupted training with ppo differs in its numbers, see runs/README.md.
    name: "a training with ppo",
    kills: 32,
    begin: train(`${PPO} --steps 1024`),
    goOn: resume,
    tables: [],
    trainings: ["."],
  },
  {
    name: "a training of two seeds with ppo",
    kills: 24,
    begin: train(`${PPO} --steps 640 --seeds 2`),
    goOn: resume,
    tables: [],
    trainings: ["seed-1", "seed-2"],
  },
  {
    name: "a training with bandit",
    kills: 12,
    program: fileURLToPath(new URL("train_alone.mjs", import.meta.url)),
    begin: (out) => [built, out],
    tables: [],
    trainings: ["."],
    episodes: 1,
  },
  {
    name: "training a run further",
    kills: 48,
    few: 1,
    before: train(`${ES} --steps 600`),
    begin: further,
    tables: ["progress.csv", "evaluation.csv"],
    files: weights,
    trainings: ["."],
  },
  {
    name: "training a run of two seeds further",
    kills: 32,
    before: train(`${ES} --steps 600 --seeds 2`),
    begin: further,
    tables: two(["progress.csv", "evaluation.csv"]),
    files: two(weights),
    trainings: ["seed-1", "seed-2"],
  },
  {
    name: "a training that starts from a policy",
    kills: 24,
    begin: (out) => train(`${ES} --steps 1200 --init ${join(out, "../../initial/policy")}`)(out),
    goOn: resume,
    tables: ["progress.csv", "evaluation.csv"],
    files: weights,
    trainings: ["."],
  },
  {
    name: "a ladder",
    kills: 24,
    few: 2,
    begin: (out) => `ladder --env tiering --scenario bad --blocks 2 --out ${out}`.split(" "),
    tables: [],
    files: ["ladder.csv", "transitions.csv", "ladder.svg"],
  },
  {
    name: "a trade-off",
    kills: 16,
    begin: (out) => `tradeoff --env gpu --episodes 1 --policy static --out ${out}`.split(" "),
    tables: [],
    files: ["tradeoff.csv", "tradeoff.svg"],
  },
  {
    name: "a report",
    kills: 16,
    few: 1,
    begin: (out) => ["report", join(out, "../../initial"), "--out", out],
    tables: [],
    files: ["report.html", "curve.png"],
  },
  {
    name: "a benchmark",
    kills: 24,
    whom: ["main", "job", "parent"],
    begin: (out) =>
      `benchmark --env tiering --agents es --seeds 2 --steps 900 --episodes 1 --no-tables --workers 1 --out ${out}`.split(
        " ",
      ),
    goOn: (out) => ["benchmark", "--resume", out],
    tables: ["results.csv"],
    files: [],
  },
];

describe("kills", () => {
  const folder = temporaryFolder({ onTestFinished: afterAll });
  beforeAll(async () => {
    const out = join(folder, "initial");
    expect((await runKilled(main, train(`${ES} --steps 600`)(out), out)).code).toBe(0);
  }, 300_000);

  it.each(WORKS.filter(({ few }) => FORCE || few !== undefined))(
    "of $name: it goes on, ends the same, and leaves nothing",
    async (work) => {
      const root = join(folder, work.name.replaceAll(" ", "-"));
      const whole = join(root, "whole");
      if (work.before !== undefined) {
        await end(work, work.before(whole), whole);
        cpSync(whole, join(root, "before"), { recursive: true });
      }
      const changes = await end(work, work.begin(whole), whole);
      const all = FORCE ? work.kills : work.few!;
      for (let tried = 0, i = 0; tried < all; i++) {
        const broken = join(root, `${i}`);
        if (work.before !== undefined) cpSync(join(root, "before"), broken, { recursive: true });
        const kills = await killOften(work, broken, changes, tried, Math.min(KILLS_OF_ONE, all - tried));
        tried += Math.max(kills, 1);
        figures.works++;
        compare(work, whole, broken);
        figures.equal++;
      }
    },
    3_600_000,
  );
});

/** Runs a command to its end. Returns its number of changes of files. */
async function end({ program = main }: Work, args: readonly string[], folder: string): Promise<number> {
  const { code, said, changes } = await runKilled(program, args, folder);
  expect([code, said.match(/error.*/)?.[0]]).toEqual([0, undefined]);
  return changes!;
}

/** Kills work some times, each time at another change, and then lets it end. Returns the number of kills. */
async function killOften(work: Work, folder: string, changes: number, before: number, times: number): Promise<number> {
  const { begin, goOn = begin, program = main, whom = ["main"] } = work;
  const next = () => (hasBegun(work, folder) ? goOn(folder) : begin(folder));
  let left = changes;
  let kills = 0;
  while (kills < times) {
    const place = ((before + kills + 1) * 0.618034) % 1;
    const kill: Kill = { at: 1 + Math.floor(place * left), whom: whom[(before + kills) % whom.length] };
    const { code, said } = await runKilled(program, next(), folder, kill);
    if (code === 0 || (kills > 0 && FINISHED.test(said))) return kills;
    // A benchmark reports the end of a process that it started.
    const told = /the job \S+ failed: its process ended with SIGKILL/.test(said);
    expect([code, said.match(/error.*/)?.[0]]).toEqual(told ? [1, expect.anything()] : [null, undefined]);
    kills++;
    figures.kills++;
    figures.wentOn++;
    left = Math.max(8, left - kill.at);
    // Most starts do not wait until a lock is old enough.
    if (kills % 4 !== 0) for (const path of [".", "seed-1", "seed-2"]) age(join(folder, path, LOCK_FOLDER));
  }
  const { code, said } = await runKilled(program, next(), folder);
  const finished = FINISHED.test(said) || code === 0;
  expect([finished, said.match(/error.*/)?.[0]]).toEqual([true, code === 0 ? undefined : expect.anything()]);
  return kills;
}

function hasBegun({ before }: Work, folder: string): boolean {
  return before !== undefined || ["config.json", "benchmark.json"].some((name) => existsSync(join(folder, name)));
}

function age(lock: string): void {
  if (existsSync(lock)) utimesSync(lock, 0, 0);
}

/** Holds the output of work that was killed against that of work that was not. */
function compare({ tables, files = [], trainings = [], episodes }: Work, whole: string, broken: string): void {
  const left = filesOf(broken).filter((name) => !filesOf(whole).includes(name));
  figures.leftovers += left.length;
  expect(left).toEqual([]);
  expect(filesOf(broken)).toEqual(filesOf(whole));
  for (const name of files) expect([name, bytes(broken, name)]).toEqual([name, bytes(whole, name)]);
  for (const name of tables) {
    const [wanted, got] = [records(join(whole, name)), records(join(broken, name))];
    figures.lost += wanted.filter((record) => !got.includes(record)).length;
    figures.doubled += got.length - new Set(got).size;
    expect(got).toEqual(wanted);
  }
  for (const name of trainings) {
    const run = join(broken, name);
    const [wanted, got] = [stepsOf(join(whole, name)), stepsOf(run)];
    figures.lost += wanted.filter((step) => !got.includes(step)).length;
    figures.doubled += got.length - new Set(got).size;
    expect(got).toEqual(wanted);
    const { kept } = JSON.parse(bytes(run, "summary.json"));
    expect(kept[0].validation).toBeCloseTo(validationOf(run, episodes), 6);
  }
}

/** Paths of all files in a folder. A kill after the results leaves the claim to the next start, if there ever is one. */
function filesOf(folder: string): string[] {
  const claim = new RegExp(`^(seed-\\d+/)?(${PID_FILE}|${LOCK_FOLDER})$`);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => !claim.test(name)).sort();
}

function bytes(folder: string, name: string): string {
  return readFileSync(join(folder, name)).toString("latin1");
}

/** The records of a table, without what measures time and without the note that a training was resumed. */
function records(path: string): string[] {
  const [columns, ...lines] = readCells(path);
  const metric = columns.indexOf("metric");
  return lines
    .filter((cells) => !TIMES.has(cells[metric] ?? ""))
    .map((cells) =>
      cells
        .filter((_, i) => !TIMES.has(columns[i]))
        .join()
        .replace(/ resumed=\w+/, ""),
    );
}

const stepsOf = (run: string) => records(join(run, "progress.csv")).map((record) => record.split(",")[0]);

/** What chose the policy of a run: its mean score on the validation split, or return where there is no score. */
function validationOf(run: string, episodes?: number): number {
  const config = JSON.parse(bytes(run, "config.json"));
  const evaluator = new Evaluator(config.env, "validation", { episodes: episodes ?? config.episodes.validation });
  const policy = loadPolicy(join(run, "policy"));
  const played = evaluator.evaluate(greedyPolicy(config.agent, policy, evaluator.problem, {}));
  return mean(played, (record) => record.score ?? record.return!)!;
}
