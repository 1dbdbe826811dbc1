import { type ChildProcess, spawn } from "node:child_process";
import { hostname } from "node:os";
import { UsageError } from "../../run/usage_error.ts";
import {
  type CellTask,
  cellLine,
  type Executor,
  LostCell,
  lastLines,
  type RunningCell,
  shellWord,
} from "./executor.ts";

/** A host that loses this many cells in a row gets no more. Source: choice. */
const MOST_LOST = 2;

/** Longest output of a cell that is kept, characters. Source: choice. */
const KEPT_OUTPUT = 20_000;

/** How to run cells by a command. */
export interface CommandOptions {
  /** Line for a shell that starts this program on the hosts. */
  program: string;
  /** Names for `{host}`, one for each cell at a time: a name that is there twice gets two cells at a time. */
  hosts?: readonly string[];
}

/** A place for one cell. */
interface Place {
  host: string;
  busy: boolean;
}

/**
 * Runs each cell by a line for a shell, such as `ssh {host}`. `{host}` becomes the name of a host, and `{command}` the
 * cell's own line as one word; without `{command}` it stands at the end. A host that loses two cells in a row gets no
 * more. A lost cell goes to another host if there is one, and waits for one that has lost fewer cells than others.
 *
 * @throws UsageError if there is no line, or hosts and `{host}` do not go together
 */
export function commandExecutor(template: string, { program, hosts }: CommandOptions): Executor {
  if (template.trim() === "") throw new UsageError('command= takes a line for a shell, as in command="ssh {host}"');
  const named = template.includes("{host}");
  if (named && hosts === undefined) throw new UsageError(`command="${template}" has a {host}: give --hosts a,b,c`);
  if (!named && hosts !== undefined)
    throw new UsageError(`--hosts ${hosts.join(",")} needs a {host} in command="${template}"`);
  const places = (hosts ?? [hostname()]).map((host): Place => ({ host, busy: false }));
  /** Cells that a host lost in a row. */
  const losses = new Map<string, number>();
  const lossesOf = ({ host }: Place): number => losses.get(host) ?? 0;
  /** Hosts that lost a cell, by the cell's number. */
  const lostBy = new Map<number, Set<string>>();
  const placeFor = ({ cell }: CellTask): Place | undefined => {
    const before = lostBy.get(cell.cell);
    const others = someOf(places, ({ host }) => !before?.has(host));
    const trusted = someOf(others, (place) => lossesOf(place) < MOST_LOST);
    // A cell that was lost waits for a host that has proved to work.
    const least = Math.min(...trusted.map(lossesOf));
    const suited = before === undefined ? trusted : trusted.filter((place) => lossesOf(place) === least);
    return suited.find(({ busy }) => !busy);
  };
  const startOn = (place: Place, task: CellTask): RunningCell => {
    place.busy = true;
    const { host } = place;
    const number = task.cell.cell;
    const running = startByCommand(template, host, cellLine(program, task), task);
    running.ended
      .then(() => losses.delete(host))
      .catch(() => {
        losses.set(host, lossesOf(place) + 1);
        lostBy.set(number, new Set([...(lostBy.get(number) ?? []), host]));
      })
      .finally(() => {
        place.busy = false;
      });
    return running;
  };
  return {
    name: `command=${template}`,
    places: places.length,
    takes: (task) => placeFor(task) !== undefined,
    start: (tasks) => tasks.map((task) => startOn(placeFor(task) ?? places.find(({ busy }) => !busy)!, task)),
  };
}

/** The places for which `wanted` holds; all if there are none. */
function someOf(places: readonly Place[], wanted: (place: Place) => boolean): readonly Place[] {
  const some = places.filter(wanted);
  return some.length > 0 ? some : places;
}

function startByCommand(template: string, host: string, command: string, task: CellTask): RunningCell {
  const whole = template.includes("{command}") ? template : `${template} {command}`;
  const line = whole
    .split(/(\{host\}|\{command\})/)
    .map((part) => (part === "{host}" ? shellWord(host) : part === "{command}" ? shellWord(command) : part))
    .join("");
  // A group of its own: a terminal's Ctrl-C must not reach it before the cell was asked to save its work.
  const child = spawn("/bin/sh", ["-c", line], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const killGroup = (signal: NodeJS.Signals) => signalGroup(child, signal);
  const atExit = () => killGroup("SIGTERM");
  process.on("exit", atExit);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
  }
  let stopping = false;
  const ended = new Promise<"done" | "interrupted">((resolve, reject) => {
    const lose = (how: string) => reject(new LostCell(`its command on ${host} ${how}`, lastLines(output)));
    child.once("error", ({ message }) => lose(`did not start: ${message}`));
    child.once("exit", (code, signal) => {
      process.off("exit", atExit);
      // What the command left behind may hold the pipes open, so that they never close. Wait for them a moment only.
      setTimeout(() => {
        if (code === 0) resolve("done");
        else if (stopping) resolve("interrupted");
        else lose(`ended with ${signal ?? `exit code ${code}`}`);
      }, 50);
    });
  });
  ended.catch(() => {});
  return {
    task,
    ended,
    share: 0,
    stop() {
      stopping = true;
      killGroup("SIGTERM");
    },
    kill: () => killGroup("SIGKILL"),
  };
}

function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
