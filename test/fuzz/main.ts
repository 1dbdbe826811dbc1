import { type ChildProcess, fork } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import type { Task, Word } from "./child.ts";
import { OUTCOMES, type Outcome } from "./target.ts";

// Tries every reader and every command with damaged inputs, in a process of its own that is watched: an input may
// neither crash it, nor take it more than 10 s or 1 GB.

/** Most time of the processor for an input, ms, and most time by the clock: other processes may be busy too. */
const HUNG_CPU_MS = 10_000;
const HUNG_MS = 60_000;
const MOST_RSS = 1 << 30;
const PAGE_BYTES = 4096;

interface Options {
  seconds: string;
  seed: string;
  target: string;
  index?: string;
  inputs: string;
}

const { seconds, seed, target, index, inputs } = new Command("test:fuzz")
  .option("--seconds <n>", "time to run", "600")
  .option("--seed <n>", "seed of the inputs", `${randomInt(2 ** 31)}`)
  .option("--target <text>", "only targets with this text in their names", "")
  .option("--index <n>", "only the input of this number; needs --target")
  .option("--inputs <n>", "most inputs", "Infinity")
  .parse()
  .opts<Options>();

const folder = mkdtempSync(join(tmpdir(), "ring0-fuzz-found-"));
const counts = new Map<string, Record<Outcome, number>>();
const faults: string[] = [];
const from: Record<string, number> = {};
let left = Number(seconds) * 1000;
let most = index === undefined ? Number(inputs) : 1;
print(`seed ${seed}`);

while (left > 0 && most > 0) left = await runChild();
printTable();
for (const fault of faults) print(`\n${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** Runs a child until its time is over, or it must be ended. Returns the time that is left, ms. */
async function runChild(): Promise<number> {
  const status = join(folder, "status");
  const alone = index === undefined ? {} : { from: { [target]: Number(index) } };
  const task: Task = {
    seed: Number(seed),
    from,
    only: target,
    ms: left,
    most: Number.isFinite(most) ? most : 1e12,
    folder,
    save: false,
    status,
    ...alone,
  };
  const child = start(task);
  let started: number | null = null;
  let ended: string | null = null;
  let ending: Outcome = "crashed";
  child.on("message", (word: Word | "ready") => {
    if (word === "ready") {
      started = performance.now();
      return;
    }
    most--;
    count(word.tried, word.outcome);
    if (word.outcome === "crashed") report(word.tried, word.index, word.why);
  });
  child.on("exit", (code, signal) => {
    ended = signal ?? `exit code ${code}`;
  });
  let place = "";
  let since = performance.now();
  let cpu = 0;
  while (ended === null) {
    await pause(50);
    const now = started === null ? "" : present(status);
    if (child.pid === undefined) continue;
    const spent = cpuMs(child.pid);
    if (now !== place) [place, since, cpu] = [now, performance.now(), spent];
    if (started === null || ended !== null) continue;
    const hung = spent - cpu > HUNG_CPU_MS || performance.now() - since > HUNG_MS;
    if (!hung && residentBytes(child.pid) <= MOST_RSS) continue;
    ending = hung ? "hung" : "memory";
    child.kill("SIGKILL");
  }
  // Messages may come after the exit.
  await pause(100);
  if (started === null) throw new Error(`the child ended before it began: ${ended}`);
  if (ended !== "exit code 0") {
    const { target: name, index: at } = JSON.parse(place) as { target: string; index: number };
    most--;
    count(name, ending);
    await save(name, at);
    report(name, at, ending === "crashed" ? `its process ended with ${ended}` : ending);
    from[name] = at + 1;
  }
  return left - (performance.now() - started);
}

function start(task: Task): ChildProcess {
  return fork(fileURLToPath(new URL("./child.ts", import.meta.url)), [JSON.stringify(task)], {
    execArgv: ["--import", import.meta.resolve("tsx"), "--max-old-space-size=1500"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** Writes an input that ended its process into the folder. */
async function save(name: string, at: number): Promise<void> {
  const task = {
    seed: Number(seed),
    only: name,
    ms: 60_000,
    most: 1,
    folder,
    save: true,
    status: join(folder, "saved"),
  };
  const child = start({ ...task, from: { [name]: at } });
  await once(child, "exit");
}

function present(status: string): string {
  return readFileSync(status, "utf8").split("\n")[0];
}

/** Memory of a process, bytes; 0 where it has ended. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

/** Time that a process has had of the processor, ms, from Linux's /proc (proc(5): fields 14 and 15); 0 if it ended. */
function cpuMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return 0;
  }
}

function count(name: string, outcome: Outcome): void {
  const own = counts.get(name) ?? { refused: 0, accepted: 0, crashed: 0, hung: 0, memory: 0 };
  own[outcome]++;
  counts.set(name, own);
  if (index === undefined) from[name] = (from[name] ?? 0) + 1;
}

function report(name: string, at: number, why: string): void {
  const again = `npm run test:fuzz -- --seed ${seed} --target "${name}" --index ${at}`;
  faults.push(`${name}, input ${at}: ${why.slice(0, 2000)}\n  files: ${folder}\n  again: ${again}`);
  print(`FOUND ${faults.at(-1)}`);
}

function printTable(): void {
  const rows = [...counts].map(([name, own]) => [name, total(own), ...OUTCOMES.map((outcome) => own[outcome])]);
  const sums = OUTCOMES.map((outcome) => [...counts.values()].reduce((sum, own) => sum + own[outcome], 0));
  rows.push(["all", sums.reduce((a, b) => a + b, 0), ...sums]);
  print(["target".padEnd(20), "tried", ...OUTCOMES].map((cell) => cell.padStart(9)).join(""));
  for (const [name, ...cells] of rows) {
    print([`${name}`.padEnd(20), ...cells.map((cell) => `${cell}`.padStart(9))].join(""));
  }
}

function total(own: Record<Outcome, number>): number {
  return OUTCOMES.reduce((sum, outcome) => sum + own[outcome], 0);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
