import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { mean, median } from "d3-array";
import { selectBackend } from "../../agents/backend.ts";
import { createTrainer } from "../../agents/index.ts";
import type { Trainer } from "../../agents/trainer.ts";
import { registry } from "../../envs/index.ts";
import { createRows, Discrete, MultiDiscrete, type Space } from "../../gym/spaces.ts";
import { VectorEnv } from "../../gym/vector_env.ts";
import { randomStream } from "../../kernel/random.ts";
import { Evaluator } from "../evaluate/evaluate.ts";
import { makeForPlay } from "../play/make_env.ts";
import { greedyPolicy } from "../play/policy.ts";
import { hyperparameterPreset } from "../problems/training_defaults.ts";
import { UsageError } from "../run/usage_error.ts";
import { type BenchResult, collectResults } from "./bench_result.ts";

/** Script that measures on the side of Python. It is in the repository only. */
const SCRIPT = fileURLToPath(new URL("../../python/benchmarks/measure.py", import.meta.url));

/** Environments that are stepped natively and through the bridge, and how many at a time. */
const STEPPED = ["cartpole", "tiering", "readahead", "gpu", "congestion"];
const COUNTS = [1, 8, 64];

/** More environments at a time of CartPole, where the bridge itself is what takes time. */
const MANY = 1024;

/** Rounds of native and bridge in turn, and length of a measurement, s. The median of the rounds counts. */
const ROUNDS = 3;
const SECONDS = 1;

/** Time to step before the first measurement, s: compilers take seconds over a simulator. */
const WARM_UP = 2;

/** Batches of actions drawn in advance. */
const BATCHES = 64;

/** Training seeds; the median counts. */
const SEEDS = [1, 2, 3];

/** Return at which CartPole counts as solved, and the most steps. Source: Gymnasium's reward threshold. */
const SOLVED = 475;
const MOST_STEPS = { cartpole: 500_000, tiering: 300_000 };

/** Share of our final validation score at which a training on tiering counts. */
const SHARE = 0.95;

/** Settings of SB3's PPO: its own, those of rl-baselines3-zoo for CartPole, and CleanRL's. */
const SB3 = {
  default: { num_envs: 1, options: {} },
  zoo: {
    num_envs: 8,
    options: {
      n_steps: 32,
      batch_size: 256,
      gae_lambda: 0.8,
      gamma: 0.98,
      n_epochs: 20,
      learning_rate: 1e-3,
      clip_range: 0.2,
    },
  },
  cleanrl: {
    num_envs: 4,
    options: { n_steps: 128, batch_size: 128, n_epochs: 4, learning_rate: 2.5e-4, ent_coef: 0.01, clip_range: 0.2 },
  },
};

/** Settings of our PPO on CartPole: its own, and two with more learning for each step. */
const OURS = {
  default: {},
  fast: { learningRate: 2e-3 },
  small: { numEnvs: 4, numSteps: 128, minibatchSize: 128, learningRate: 1e-3 },
};

/** What to measure. */
export interface BenchPythonOptions {
  /** Interpreter of a virtual environment with ring0-gym, Gymnasium and Stable-Baselines3. */
  python: string;
  /** Also trains: minutes. */
  training?: boolean;
}

type Measure = (request: object) => Promise<Record<string, number | null>>;

/**
 * Compares stepping natively and through Python, and on request trainings of Stable-Baselines3 with ours. All in one
 * run, in turn, so that other work on the machine meets both sides.
 *
 * @param onResult called with each number as soon as it is known
 * @throws UsageError when the interpreter or a package is missing
 */
export async function benchPython(
  { python, training = false }: BenchPythonOptions,
  onResult: (result: BenchResult) => void = () => {},
): Promise<BenchResult[]> {
  if (!existsSync(SCRIPT)) throw new UsageError("bench --python needs a clone of the repository");
  const { results, report } = collectResults(onResult);
  const { measure, end } = startPython(python);
  try {
    // The first request tells whether the packages are there.
    await measure({ measure: "gymnasium", num_envs: 1, seconds: 0.01 });
    for (const name of STEPPED) {
      for (const count of name === "cartpole" ? [...COUNTS, MANY] : COUNTS) {
        // The vectors of the package leave infos within episodes out by default.
        const infos = ["final", "all"];
        const speeds = new Map<string, number[]>(["native", ...infos].map((side) => [side, []]));
        const native = nativeStepper(name, count);
        native(WARM_UP);
        for (let round = 0; round < ROUNDS; round++) {
          speeds.get("native")!.push(native(SECONDS));
          for (const kind of infos) {
            const { id } = registry.spec(name);
            const env = id.startsWith("ring0/") ? id : `ring0/${id}`;
            const request = { measure: "bridge", env, num_envs: count, seconds: SECONDS, infos: kind };
            speeds.get(kind)!.push(speedOf(await measure(request)));
          }
        }
        await measure({ measure: "end-bridges" });
        const place = `python/${name}/${count}`;
        report(`${place}/native`, median(speeds.get("native")!)!, "steps/s");
        for (const kind of infos) {
          const bridge = median(speeds.get(kind)!)!;
          const suffix = kind === "final" ? "" : `_${kind}_infos`;
          report(`${place}/bridge${suffix}`, bridge, "steps/s");
          const slower = median(speeds.get(kind)!.map((speed, round) => speeds.get("native")![round] / speed))!;
          report(`${place}/bridge_time_relative_to_native${suffix}`, slower, "");
          if (count === 1) report(`${place}/round_trip${suffix}`, 1e6 / bridge, "us");
        }
        if (name === "cartpole") {
          const speed = speedOf(await measure({ measure: "gymnasium", num_envs: count, seconds: SECONDS }));
          report(`${place}/gymnasium`, speed, "steps/s");
        }
      }
    }
    if (training) await compareTrainings(measure, report);
    return results;
  } finally {
    end();
  }
}

/** Times to a goal of both PPOs, each with three settings. */
async function compareTrainings(
  measure: Measure,
  report: (name: string, value: number, unit: string) => void,
): Promise<void> {
  await selectBackend("wasm");
  const best = { ours: Number.POSITIVE_INFINITY, sb3: Number.POSITIVE_INFINITY };
  const keep = (side: "ours" | "sb3", name: string, seconds: readonly number[]) => {
    const middle = median(seconds)!;
    report(`python/cartpole_to_${SOLVED}/${side}_${name}`, middle, "s");
    best[side] = Math.min(best[side], middle);
  };
  for (const [name, set] of Object.entries(OURS)) {
    keep(
      "ours",
      name,
      SEEDS.map((seed) => secondsToReturn(set, seed)),
    );
  }
  for (const [name, { num_envs, options }] of Object.entries(SB3)) {
    const seconds: number[] = [];
    for (const seed of SEEDS) {
      const request = { measure: "sb3-cartpole", options, num_envs, seed, target: SOLVED, steps: MOST_STEPS.cartpole };
      seconds.push((await measure(request)).seconds ?? Number.POSITIVE_INFINITY);
    }
    keep("sb3", name, seconds);
  }
  report(`python/cartpole_to_${SOLVED}/ours_relative_to_sb3`, best.ours / best.sb3, "");

  const ours = trainTiering();
  const target = SHARE * ours[ours.length - 1].score;
  report("python/tiering/target_score", target, "");
  report("python/tiering_to_target/ours", ours.find(({ score }) => score >= target)!.seconds, "s");
  for (const [name, { num_envs, options }] of Object.entries(SB3)) {
    const request = { measure: "sb3-tiering", options, num_envs, seed: 1, target, steps: MOST_STEPS.tiering };
    const { seconds } = await measure(request);
    report(`python/tiering_to_target/sb3_${name}`, seconds ?? Number.NaN, "s");
  }
}

/** Time until the mean return of the last 100 episodes reaches the threshold; infinite where it never does, s. */
function secondsToReturn(set: Record<string, unknown>, seed: number): number {
  const trainer = newTrainer("cartpole", MOST_STEPS.cartpole, set, seed);
  const start = performance.now();
  try {
    while (!trainer.done) {
      const { episodes, episodic_return } = trainer.update();
      if (episodes! >= 100 && episodic_return! >= SOLVED) return (performance.now() - start) / 1000;
    }
    return Number.POSITIVE_INFINITY;
  } finally {
    trainer.dispose();
  }
}

/** Our PPO on tiering: time of training and score on the validation split, about every 10,000 steps. */
function trainTiering(): { seconds: number; score: number }[] {
  const trainer = newTrainer("tiering", MOST_STEPS.tiering, {}, 1);
  const validation = new Evaluator("tiering", "validation", { episodes: 2 });
  const points: { seconds: number; score: number }[] = [];
  let seconds = 0;
  let due = 0;
  while (!trainer.done) {
    const start = performance.now();
    trainer.update();
    seconds += (performance.now() - start) / 1000;
    if (trainer.stepsDone < due && !trainer.done) continue;
    due = trainer.stepsDone + 10_000;
    const records = validation.evaluate(greedyPolicy("ppo", trainer.policy(), validation.problem));
    points.push({ seconds, score: mean(records, ({ score }) => score)! });
  }
  trainer.dispose();
  return points;
}

function newTrainer(env: string, totalSteps: number, set: Record<string, unknown>, seed: number): Trainer {
  return createTrainer("ppo", {
    overrides: { ...hyperparameterPreset(registry.spec(env).id, "ppo"), ...set },
    seed,
    totalSteps,
    vectorEnv: (count, wrap = (one) => one) =>
      new VectorEnv(Array.from({ length: count }, (_, i) => wrap(makeForPlay(env, ["train"]), i))),
  });
}

/** Measures steps of single environments a second, stepped in this process as the server of the bridge steps them. */
function nativeStepper(name: string, count: number): (seconds: number) => number {
  const envs = new VectorEnv(
    Array.from({ length: count }, () => registry.make(name, { splits: ["train"] })),
    { autoresetMode: "next-step" },
  );
  const random = randomStream(0, "bench/python");
  const batches = Array.from({ length: BATCHES }, () => {
    const { actionSpace, rows } = envs;
    const batch = createRows(actionSpace, count * rows);
    for (let row = 0; row < count * rows; row++) {
      const action = actionSpace.sample(random);
      if (typeof action === "number") batch[row] = action;
      else batch.set(action as ArrayLike<number>, row * actionSpace.size);
    }
    return batch as Float32Array | Int32Array;
  });
  const choices = choicesOf(envs.actionSpace);
  const legal = batches[0].slice();
  const step = (batch: Float32Array | Int32Array) => {
    if (envs.masks === null || choices === null) return envs.step(batch);
    for (let i = 0, at = 0; i < legal.length; i++) {
      const count = choices[i % choices.length];
      legal[i] = legalAlternative(envs.masks, at, count, batch[i]);
      at += count;
    }
    return envs.step(legal);
  };
  return (seconds) => {
    envs.reset({ seed: 0 });
    let steps = 0;
    const start = performance.now();
    let milliseconds = 0;
    while (milliseconds < 1000 * seconds) {
      for (const batch of batches) step(batch);
      steps += BATCHES;
      milliseconds = performance.now() - start;
    }
    return (1000 * steps * count) / milliseconds;
  };
}

/** Numbers of alternatives of an action's choices; null for a space without any. */
function choicesOf(space: Space<unknown>): readonly number[] | null {
  if (space instanceof Discrete) return [space.n];
  return space instanceof MultiDiscrete ? space.nvec : null;
}

/** The alternative, or the next smaller legal one, or the smallest: the rule of the Python client. */
function legalAlternative(masks: Uint8Array, at: number, count: number, wanted: number): number {
  for (let one = wanted; one >= 0; one--) if (masks[at + one] !== 0) return one;
  for (let one = wanted + 1; one < count; one++) if (masks[at + one] !== 0) return one;
  return wanted;
}

function speedOf({ steps, seconds }: Record<string, number | null>): number {
  return steps! / seconds!;
}

/** Starts the script. Requests are answered one after another. */
function startPython(python: string): { measure: Measure; end: () => void } {
  const child: ChildProcess = spawn(python, [SCRIPT], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr!.on("data", (part) => {
    said = `${said}${part}`.slice(-2000);
  });
  // The error of a write is that of the process, which tells more.
  child.stdin!.on("error", () => {});
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const failed = once(child, "error").then(([error]) => {
    throw new UsageError(`cannot start ${python}: ${(error as Error).message}`);
  });
  failed.catch(() => {});
  return {
    async measure(request) {
      child.stdin!.write(`${JSON.stringify(request)}\n`);
      const { done, value } = await Promise.race([lines.next(), failed]);
      if (done) throw new UsageError(`${python} ended: ${said.trim().split("\n").at(-1)}`);
      return JSON.parse(value);
    },
    end: () => child.kill(),
  };
}
