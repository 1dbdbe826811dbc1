import { registry } from "../../envs/index.ts";
import type { EnvSpec, Split } from "../../gym/env.ts";
import { SEED_RANGES } from "../../gym/seeds.ts";
import { hashKey, hashUniform } from "../../kernel/random.ts";
import { LadderError } from "../../ladder/ladder_error.ts";
import { MlModel } from "../../ladder/ml_model.ts";
import type { Transition } from "../../ladder/mode_machine.ts";
import type { LadderOptions } from "../../ladder/options.ts";
import { loadPngRenderer, type PngRenderer } from "../pictures/png_renderer.ts";
import { findNetworkPolicy, findPolicy } from "../play/find_policy.ts";
import { heuristicPolicy } from "../play/policy.ts";
import { findProblem } from "../problems/index.ts";
import type { Problem } from "../problems/problem.ts";
import { policyServerCommand } from "../process/policy_server_command.ts";
import { ProcessPolicy } from "../process/process_policy.ts";
import { whileClaimed } from "../run/claim_folder.ts";
import { csvText } from "../run/csv.ts";
import { Interrupted, yieldToEventLoop } from "../run/interrupt.ts";
import { newRunPath, RunDirectory } from "../run/run_directory.ts";
import { parseSettings, type Settings } from "../run/settings.ts";
import { RunError, UsageError } from "../run/usage_error.ts";
import { versions } from "../run/versions.ts";
import { playBlock } from "./block.ts";
import { ladderSvg } from "./picture.ts";
import { LADDER_COLUMNS, type LadderRecord, recordOf, TRANSITION_COLUMNS, transitionCells } from "./records.ts";
import { RunCache } from "./run_cache.ts";
import type { ScenarioName } from "./scenario_names.ts";
import { type Scenario, type ScenarioContext, scenarios } from "./scenarios.ts";
import { type LadderRun, totalsOf } from "./totals.ts";

/** Default number of blocks of a run: enough to climb, and for the events of every scenario. Source: choice. */
const BLOCKS = 400;

/**
 * Longest time that the process of a policy may take to start, ms. Source: choice; it takes some seconds on a busy
 * machine.
 */
const START_MS = 60_000;

/** Longest wait for a recommendation, ms. Source: choice; the first recommendations of a new process take long. */
const DEADLINE_MS = 100;

/** The file that is written last. */
const LAST_FILE = "summary.json";

/** The files of the results before it. */
const FILES = ["ladder.csv", "transitions.csv", "ladder.svg", "ladder.png"];

/** What to run under the ladder. */
export interface LadderCommand {
  /** Id or alias. */
  env: string;
  /**
   * Name of a heuristic, `reference`, `random`, `constant-N`, or the folder of a trained policy. The scenarios `bad`
   * and `learning` bring a policy and allow none here.
   */
  policy?: string;
  /** Default `good`. `all` plays every scenario but `learning`, which plays on another split. */
  scenario?: ScenarioName | "all";
  /** Number of blocks, default 400. */
  blocks?: number;
  /** First seed of the ladder, default 0, and number of seeds, default 1. */
  seed?: number;
  seeds?: number;
  /** Split that workloads and seeds of runs are of; by default the split of the scenario. */
  split?: Split;
  /** Settings of the ladder; they override its defaults. */
  set?: Readonly<Record<string, unknown>>;
  /** Settings of the environment as `key=value`. */
  options?: readonly string[];
  /**
   * Whether the side that does not decide plays each run in a copy. The two sides are the policy and the default.
   * Paired evidence needs copies. Default true.
   */
  copies?: boolean;
  /** Number of different runs from which blocks are drawn; results are cached. By default every block is a new run. */
  runs?: number;
  /** Whether the policy, trained or `random`, runs in a separate process and answers over a socket. Default false. */
  process?: boolean;
  /** Longest wait for a recommendation of that process, ms. Default 100. */
  deadlineMs?: number;
  /** Folder for the results; by default a new folder in `runs`. */
  out?: string;
  /** Abort it to stop between two blocks. */
  signal?: AbortSignal;
  /** Called after every block, with the scenario and the mode as a note. */
  onBlock?: (done: number, total: number, note: string) => void;
  /** Called with one line for each picture that cannot be drawn. */
  onWarning?: (text: string) => void;
}

/** Results of one scenario: one run of the ladder for each seed. */
export interface ScenarioResult {
  readonly scenario: ScenarioName;
  readonly runs: readonly LadderRun[];
}

/** Results of the command. */
export interface LadderResult {
  readonly results: readonly ScenarioResult[];
  /** Folder of the written results. */
  readonly folder: string;
}

/**
 * Runs a subsystem under the mode ladder, block after block. Writes `ladder.csv`, `transitions.csv`, `summary.json` and
 * a picture of the first seed; of several scenarios each has its own folder. Null when interrupted.
 *
 * @throws UsageError, UnknownNameError or ArtifactError for a wrong option or policy; RunError when the folder cannot
 *   be written
 */
export async function runLadder(command: LadderCommand): Promise<LadderResult | null> {
  const { scenario = "good" } = command;
  const cache = command.runs === undefined ? null : new RunCache();
  const ladders = scenario === "all" ? allOf(command, cache) : [new Ladder({ ...command, scenario }, cache)];
  const names = ladders.map((ladder) => ladder.scenario.name);
  const { run: folder, claim } = await RunDirectory.createClaimed(
    command.out ?? newRunPath(`${ladders[0].spec.alias}-ladder-${scenario}`),
    ladders.length === 1 ? { names: FILES, last: LAST_FILE } : { names, last: `${names.at(-1)}/${LAST_FILE}` },
  );
  return whileClaimed(claim, command.signal, (signal) => playAll({ ...command, signal }, ladders, folder));
}

/** Plays the ladders one after another. Null when interrupted. */
async function playAll(
  command: LadderCommand,
  ladders: readonly Ladder[],
  folder: RunDirectory,
): Promise<LadderResult | null> {
  const { blocks = BLOCKS, seeds = 1, signal, onBlock, onWarning } = command;
  const png = await loadPngRenderer(onWarning);
  const results: ScenarioResult[] = [];
  const total = ladders.length * seeds * blocks;
  try {
    for (const ladder of ladders) {
      const { name } = ladder.scenario;
      const done = results.length * seeds * blocks;
      const runs = await playSeeds(ladder, command, signal, (own, mode) =>
        onBlock?.(done + own, total, `${name}, ${mode}`),
      );
      results.push({ scenario: name, runs });
      await write(
        ladders.length === 1 ? folder : RunDirectory.create(folder.file(name), folder.assertHeld),
        ladder,
        command,
        runs,
        png,
      );
    }
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
  return { results, folder: folder.path };
}

/** A ladder for every scenario of the validation split: all of them play on the same runs. */
function allOf(command: LadderCommand, cache: RunCache | null): Ladder[] {
  const { policy, ...others } = command;
  return scenarios
    .filter(({ split }) => split === "validation")
    .map((one) => new Ladder({ ...others, ...(one.policy && { policy }), scenario: one.name }, cache));
}

async function playSeeds(
  ladder: Ladder,
  { blocks = BLOCKS, seed = 0, seeds = 1 }: LadderCommand,
  signal: AbortSignal | undefined,
  onBlock: (done: number, mode: string) => void,
): Promise<LadderRun[]> {
  const runs: LadderRun[] = [];
  for (let i = 0; i < seeds; i++) {
    const served = await ladder.startProcess();
    try {
      const run = ladder.begin(seed + i, blocks, served);
      while (run.next()) {
        onBlock(i * blocks + run.done, run.mode);
        await yieldToEventLoop(signal);
      }
      runs.push(run.result());
      run.close();
    } finally {
      served?.close();
    }
  }
  return runs;
}

function problemOf(name: string): { spec: EnvSpec; problem: Problem } {
  const spec = registry.spec(name);
  const problem = findProblem(spec.id);
  if (problem === null)
    throw new UsageError(`${spec.id} has no kernel and no default heuristic: there is no ladder for it`);
  return { spec, problem };
}

async function write(
  folder: RunDirectory,
  ladder: Ladder,
  command: LadderCommand,
  runs: readonly LadderRun[],
  png: PngRenderer,
) {
  const { spec, scenario, split, settings, options } = ladder;
  const { policy = null, blocks = BLOCKS, copies = true, runs: drawn = null, process = false } = command;
  folder.write(
    "ladder.csv",
    csvText(
      runs.flatMap(({ records }) => records),
      LADDER_COLUMNS,
    ),
  );
  const transitions = runs.flatMap((run) => run.transitions.map((one) => transitionCells(run.seed, one)));
  folder.write("transitions.csv", csvText(transitions, TRANSITION_COLUMNS));
  const svg = await ladderSvg(
    `The ladder in ${spec.id}: ${scenario.name}${policy === null ? "" : `, ${policy}`}`,
    runs[0],
  );
  folder.write("ladder.svg", svg);
  const picture = png(svg);
  if (picture !== null) folder.write("ladder.png", picture);
  folder.writeJson(LAST_FILE, {
    env: spec.id,
    policy,
    scenario: scenario.name,
    split,
    blocks,
    copies,
    runs: drawn,
    process,
    ladder: settings,
    options,
    versions: versions(),
    seeds: runs.map(({ totals }) => totals),
  });
}

/** An environment, a policy and a scenario: all that stays the same from seed to seed. */
export class Ladder {
  readonly spec: EnvSpec;
  readonly scenario: Scenario;
  readonly split: Split;
  readonly settings: Partial<LadderOptions>;
  readonly options: Settings;
  readonly #problem: Problem;
  readonly #command: LadderCommand;
  readonly #cache: RunCache | null;

  /**
   * @param cache cache of played runs; by default a new cache where `runs` is given, else none
   * @throws UsageError, UnknownNameError or ArtifactError for a wrong option or policy, before anything is played
   */
  constructor(command: LadderCommand, cache = command.runs === undefined ? null : new RunCache()) {
    const { spec, problem } = problemOf(command.env);
    this.spec = spec;
    this.scenario = scenarios.find(({ name }) => name === (command.scenario ?? "good"))!;
    this.split = command.split ?? this.scenario.split;
    this.options = parseSettings(spec, command.options ?? []);
    // Where scores are pooled, some blocks leave nothing to gain. There blocks count by their cost.
    this.settings = { ...(problem.pooled && { leastShare: 1 }), ...this.scenario.settings, ...command.set };
    this.#problem = problem;
    this.#command = command;
    this.#cache = cache;
    if ("seed" in this.settings) throw new UsageError("the ladder's coins take its own seed: give --seed");
    modelOf(spec, 0, this.settings);
    if (command.copies === false && this.settings.evaluator !== "switchback") {
      throw new UsageError("paired evidence comes from copies; without them the evaluator must be switchback");
    }
    if (this.scenario.policy === (command.policy === undefined)) {
      const how = this.scenario.policy
        ? "needs a policy: give --policy"
        : "has a policy of its own: leave out --policy";
      throw new UsageError(`scenario ${this.scenario.name} ${how}`);
    }
    if (command.policy !== undefined) findPolicy(spec.id, command.policy);
    if (!command.process) return;
    if (this.scenario.served === null) {
      const possible = scenarios.filter(({ served }) => served !== null).map(({ name }) => name);
      throw new UsageError(
        `a process serves only one policy; scenario ${this.scenario.name} needs a second, possible: ${possible.join(", ")}`,
      );
    }
    if (command.policy !== "random") findNetworkPolicy(spec.id, command.policy!);
  }

  /**
   * Starts the process that serves the policy; null where the policy runs within this process.
   *
   * @throws RunError when the process does not start in time
   */
  async startProcess(): Promise<ProcessPolicy | null> {
    const { process, policy, deadlineMs = DEADLINE_MS } = this.#command;
    if (!process) return null;
    const env = registry.make(this.spec.id, { wrap: false });
    const agent = new ProcessPolicy(env, {
      name: policy,
      command: policyServerCommand(this.spec.id, policy!),
      deadlineMs,
    });
    env.close();
    if (await agent.started(START_MS)) return agent;
    agent.close();
    throw new RunError(`the process that serves ${policy} did not start within ${START_MS / 1000} s`);
  }

  /**
   * Begins a run of the ladder. Each call of `next` plays one block.
   *
   * @param served the process that serves the policy; null where the policy runs within this process
   */
  begin(seed: number, blocks: number, served: ProcessPolicy | null = null) {
    const { spec } = this;
    const problem = this.#problem;
    const { copies = true, runs } = this.#command;
    const entry = problem.heuristics.find(({ role }) => role === "default")!;
    const byDefault = heuristicPolicy(problem, entry);
    const policy = this.#command.policy === undefined ? byDefault : findPolicy(spec.id, this.#command.policy);
    const workloads = spec.workloads.filter(({ split }) => split === this.split);
    const kinds = new Map<string, string[]>();
    for (const { name, family } of workloads) kinds.set(family, [...(kinds.get(family) ?? []), name]);
    const context: ScenarioContext = {
      problem,
      policy,
      broken:
        typeof problem.broken === "string"
          ? findPolicy(spec.id, problem.broken)
          : heuristicPolicy(problem, problem.broken),
      byDefault,
      blocks,
      seed,
      workloads: kinds,
    };
    const plan = served === null ? this.scenario.plan(context) : this.scenario.served!(context, served);
    const transitions: Transition[] = [];
    const model = modelOf(spec, seed, this.settings, (transition) => transitions.push(transition));
    model.start();
    const env = registry.make(spec.id, { splits: [this.split], wrap: false });
    const slices = new Map(workloads.map(({ name, family }) => [name, family]));
    const own = { ...policy.options, ...this.options };
    const records: LadderRecord[] = [];
    const seedOf = this.#seedOf(seed, blocks, runs);
    const cache = this.#cache;
    const parts = { problem, env, model, agent: plan.agent, slices, copies, cache };
    return {
      get done() {
        return records.length;
      },
      get mode() {
        return model.mode;
      },
      /** Plays the next block. Returns false, and plays nothing, when no block is left. */
      next(): boolean {
        const block = records.length;
        if (block === blocks) return false;
        plan.beginBlock?.(block);
        const before = transitions.length;
        const result = playBlock(
          { ...parts, byDefault: plan.byDefault?.(block) ?? byDefault },
          { seed: seedOf(block), options: { ...own, ...plan.options?.(block) }, load: plan.load?.(block) ?? 0 },
        );
        records.push(recordOf(seed, result, model, transitions.slice(before)));
        return true;
      },
      /** Results so far. */
      result(): LadderRun {
        return { seed, records, transitions, totals: totalsOf(seed, records, transitions, model.options) };
      },
      /** Ends the policy and the environment. */
      close(): void {
        plan.agent.close();
        env.close();
      },
    };
  }

  /** Seed of the run of each block: one of `runs` seeds, or a new seed for every block. */
  #seedOf(seed: number, blocks: number, runs: number | undefined): (block: number) => number {
    const [first, end] = SEED_RANGES[this.split];
    const key = hashKey(seed, "ladder/runs");
    if (runs !== undefined) return (block) => first + Math.floor(hashUniform(key, block, 0) * runs);
    return (block) => first + ((seed * blocks + block) % (end - first));
  }
}

function modelOf(
  spec: EnvSpec,
  seed: number,
  settings: Partial<LadderOptions>,
  onTransition: (transition: Transition) => void = () => {},
): MlModel {
  const model = MlModel.create(spec.alias, "policy", (event) => {
    if (event.type === "mode-change") {
      const { type: _type, ...transition } = event;
      onTransition(transition);
    }
  });
  try {
    model.init({ ...settings, seed });
  } catch (error) {
    if (error instanceof LadderError) throw new UsageError(error.message.replace("EINVAL: ", ""));
    throw error;
  }
  return model;
}
