import { describe, expect, it } from "vitest";
import { congestionHeuristics } from "../../baselines/congestion/index.ts";
import { bound } from "../../baselines/congestion/rate_limits.ts";
import type { CongestionEntry } from "../../baselines/congestion/types.ts";
import { hashUniform } from "../../kernel/random.ts";
import { congestionTable, LINE, ProgramRun, runProgram } from "./congestion_table.ts";

/** Some acknowledgements, marks, losses and telemetry for queue pair `queuePair`, from step `from` on; what the program set after each. */
function play({ program, table }: ProgramRun, queuePair: number, from: number, steps: number): number[] {
  const set: number[] = [];
  for (let i = from; i < from + steps; i++) {
    const { ack } = table;
    table.now = 4000 + 200 * i;
    const queue = Math.round(80_000 * hashUniform(1, i, 0));
    ack.bytes = 4000;
    ack.packets = 4;
    ack.rtt = 4000 + queue / LINE;
    ack.sentAt = table.now - ack.rtt;
    ack.marked = queue > 60_000 ? 1 : 0;
    ack.sequence = 4000 * (i + 1);
    ack.ackedAtSend = Math.max(0, 4000 * (i - 10));
    ack.hops = 1;
    ack.queue[0] = queue;
    ack.sent[0] = 2400 * i;
    ack.time[0] = table.now - 2000;
    ack.rate[0] = LINE;
    table.acked[queuePair] = ack.sequence;
    table.sent[queuePair] = ack.sequence + 50_000;
    program.acknowledge(queuePair);
    if (i % 37 === 36) program.lose(queuePair, i % 2 === 0);
    program.beforeSend(queuePair);
    set.push(table.rate[queuePair], table.window[queuePair]);
  }
  return set;
}

describe.each(congestionHeuristics.map((entry) => [entry.name, entry] as const))("%s", (name, entry) => {
  it("sets rates of at most the line and windows of at least a chunk", () => {
    const run = runProgram(entry).begin(0);
    const set = play(run, 0, 0, 300);
    set.forEach((value, i) => {
      expect(value).toBeGreaterThan(0);
      if (i % 2 === 0) expect(value).toBeLessThanOrEqual(LINE);
      else expect(value).toBeGreaterThanOrEqual(1000);
    });
  });

  it("goes on in a fork as it would itself, and neither changes the other", () => {
    const run = runProgram(entry).begin(0);
    play(run, 0, 0, 100);
    const table = congestionTable();
    for (const key of ["rate", "window", "sent", "acked"] as const) table[key].set(run.table[key]);
    const copy = new ProgramRun(run.program.fork(table), table);
    play(copy, 0, 200, 50);
    for (const key of ["rate", "window", "sent", "acked"] as const) table[key].set(run.table[key]);
    const again = new ProgramRun(run.program.fork(table), table);
    expect(play(again, 0, 100, 100)).toEqual(play(run, 0, 100, 100));
  });

  it("begins anew", () => {
    const fresh = runProgram(entry);
    const used = runProgram(entry).begin(0);
    play(used, 0, 0, 100);
    for (const key of ["sent", "acked"] as const) used.table[key][0] = 0;
    for (const run of [fresh, used]) run.program.begin(0);
    expect([used.rate, used.window]).toEqual([fresh.rate, fresh.window]);
    expect(play(used, 0, 0, 100)).toEqual(play(fresh, 0, 0, 100));
  });

  it("keeps queue pairs apart, also when the table grows", () => {
    const alone = runProgram(entry).begin(0);
    const shared = runProgram(entry).begin(0);
    const expected = [...play(alone, 0, 0, 50), ...play(alone, 0, 50, 50)];
    const first = play(shared, 0, 0, 50);
    const { table } = shared;
    const wide = congestionTable(100);
    table.grow(100);
    for (const key of ["line", "base", "hops", "sharers", "remaining"] as const)
      table[key].set(wide[key].subarray(4), 4);
    shared.program.begin(99);
    play(shared, 99, 0, 30);
    expect([...first, ...play(shared, 0, 50, 50)]).toEqual(expected);
  });

  it("says what it is called and what it is told", () => {
    const { program } = runProgram(entry);
    expect(program.name).toBe(name);
    expect(program.telemetry).toBe(entry.information === "INT");
    expect(program.marking !== null).toBe(entry.information === "ECN");
  });
});

describe("the catalogue", () => {
  const byName = new Map(congestionHeuristics.map((entry) => [entry.name, entry]));

  it("begins with the default and has every role", () => {
    expect(congestionHeuristics[0].role).toBe("default");
    expect(new Set(congestionHeuristics.map(({ role }) => role))).toEqual(
      new Set(["default", "simple", "static", "published", "hand-rule"]),
    );
    expect(byName.size).toBe(congestionHeuristics.length);
  });

  it("gives every tuned program a start and a bound on what is in flight", () => {
    const tuned = congestionHeuristics.filter(({ knobs }) => knobs.length > 0);
    const levers = (entry: CongestionEntry) => entry.knobs.map((knob) => knob.name);
    for (const entry of tuned) {
      expect(levers(entry).some((lever) => lever === "start" || lever === "share")).toBe(true);
      expect(levers(entry).some((lever) => ["window", "pace", "window_gain"].includes(lever))).toBe(true);
    }
  });

  it.each(
    congestionHeuristics.flatMap(({ name, startsAs }) => (startsAs === undefined ? [] : [[name, startsAs] as const])),
  )("has %s begin its search as %s", (name, startsAs) => {
    const shipped = runProgram(byName.get(startsAs)!).begin(0);
    const tuned = runProgram(byName.get(name)!).begin(0);
    expect([tuned.rate, tuned.window]).toEqual([shipped.rate, shipped.window]);
    expect(play(tuned, 0, 0, 3)).toEqual(play(shipped, 0, 0, 3));
  });

  it("takes a bound above 16 for none", () => {
    expect([bound(15.9), bound(16.1)]).toEqual([15.9, Infinity]);
  });
});
