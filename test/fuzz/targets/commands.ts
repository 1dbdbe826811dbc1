import type { Command } from "commander";
import fc from "fast-check";
import { createProgram } from "../../../cli/program.ts";
import { registry } from "../../../envs/index.ts";
import { encodeTrace } from "../../../workloads/format/trace_format.ts";
import { sampleAccesses } from "../../workloads/format/access_traces.ts";
import { sampleTrace } from "../../workloads/format/traces.ts";
import { callProgram } from "../call_program.ts";
import type { Fixtures } from "../fixtures.ts";
import { ODD_TEXTS } from "../mutations.ts";
import type { Files, Target } from "../target.ts";
import { refusedByProgram } from "./refused_by_program.ts";

/** Arguments that a command accepts and that take little time. Each target changes them. */
const BASES: readonly (readonly string[])[] = [
  ["train", "--env", "cartpole", "--agent", "ppo", "--steps", "8", "--episodes", "1", "--out", "out"],
  ["train", "--env", "cartpole", "--agent", "es", "--set", "pairs=1", "--steps", "1", "--seed", "3", "--out", "out"],
  ["train", "--resume", "run"],
  ["train", "--resume", "run", "--steps", "72"],
  ["train", "--env", "cartpole", "--agent", "ppo", "--steps", "8", "--init", "run/policy", "--out", "out"],
  ["evaluate", "--env", "cartpole", "--policy", "run", "--episodes", "1", "--split", "test"],
  ["evaluate", "--env", "tiering", "--policy", "lru", "--episodes", "1", "--first-seed", "1000000"],
  ["simulate", "--env", "tiering", "--policy", "lru", "--workload", "histogram.r0t", "--option", "pages=256"],
  ["simulate", "--env", "readahead", "--policy", "vma", "--workload", "accesses.r0t", "--seeds", "1"],
  ["simulate", "--env", "congestion", "--policy", "dcqcn", "--workload", "x.flows", "--workload-format", "plain"],
  ["simulate", "--env", "cartpole", "--policy", "run", "--first-seed", "3", "--format", "json"],
  ["tradeoff", "--env", "gpu", "--policy", "np", "--episodes", "1", "--out", "out"],
  ["export", "--policy", "run", "--to", "c", "--bits", "8", "--name", "x", "--episodes", "1", "--out", "out"],
  ["export", "--policy", "run", "--to", "onnx", "--out", "out"],
  ["ladder", "--env", "tiering", "--policy", "lru", "--blocks", "1", "--seed", "1", "--runs", "1", "--out", "out"],
  ["ladder", "--env", "tiering", "--policy", "random", "--blocks", "1", "--set", "window=2", "--option", "pages=256"],
  ["benchmark", "--env", "tiering", "--seeds", "1", "--steps", "1", "--episodes", "1", "--workers", "1", "--quick"],
  ["benchmark", "--resume", "run"],
  ["report", "run", "--out", "out"],
  ["report", "ladder", "--out", "out", "--readme", "README.md"],
  ["tune", "--env", "cartpole", "--budget", "1", "--episodes", "1", "--heuristic", "x", "--out", "tuned.json"],
  ["train-kml", "--seed", "1", "--streams", "0", "--epochs", "1", "--out", "kml.json"],
  ["validate", "--env", "cartpole"],
  ["agent", "--env", "cartpole", "--policy", "random", "--connect", "no-socket", "--seed", "1"],
  ["agent", "--env", "cartpole", "--policy", "run", "--directory", "no-folder", "--model", "m"],
  ["trace", "record", "--out", "out.r0t", "--method", "tsan", "--", "/bin/true"],
  ["trace", "import", "lackey.txt", "--out", "out.r0t", "--kind", "accesses", "--stack-depth", "4", "--keep", "9"],
  ["trace", "import", "lackey.txt", "--out", "out.r0t", "--window-accesses", "2", "--page-bytes", "4096"],
  ["trace", "info", "histogram.r0t", "--format", "csv"],
  ["list", "--format", "csv"],
  ["check", "--env", "cartpole", "--format", "json"],
];

/** Files that are no files, and others that no reader expects. */
const PLACES = [
  ..."/dev/full /dev/zero /dev/null /dev/stdin /proc/self/mem /proc/kmsg / . .. run run/config.json ladder x.flows".split(
    " ",
  ),
  ..."missing lackey.txt histogram.r0t accesses.r0t README.md run/policy run/policy/weights.bin".split(" "),
];

const LACKEY = "I  04001000,3\n L 1ffe000,8\n S 2ffe008,4\n M 2000000,8\n";

/** The names of all commands and options. */
const WORDS = [...words(createProgram()), "--", "-h", "--help", "--version", "-V"];

function words(command: Command): string[] {
  const own = command.options.flatMap(({ long, argChoices = [] }) => [long ?? "", ...argChoices]);
  return [...own, ...command.commands.flatMap((inner) => [inner.name(), ...words(inner)])];
}

const ENVIRONMENTS = registry.list().flatMap(({ id, alias }) => [id, alias]);

/**
 * A value by which an argument is replaced. Numbers are small or too large: one in between would be a long but right
 * run.
 */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 2, arbitrary: fc.constantFrom(...PLACES) },
  { weight: 2, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.constantFrom(...ENVIRONMENTS) },
  { weight: 1, arbitrary: fc.constantFrom("numSteps=1e9", "hidden=[1e9]", "a=b", "=", "x=", "pages=1e9", "seed=-1") },
  { weight: 1, arbitrary: fc.string() },
);

type Change = (args: string[]) => string[];

const change: fc.Arbitrary<Change> = fc.tuple(fc.nat(9), fc.double({ min: 0, max: 0.999, noNaN: true }), value).map(
  ([kind, where, text]): Change =>
    (args) => {
      const i = 1 + Math.floor(where * Math.max(1, args.length - 1));
      if (kind === 0) return args.toSpliced(i, 1);
      if (kind === 1) return args.toSpliced(i, 0, text);
      if (kind === 2) return [...args, args[Math.min(i, args.length - 1)] ?? "", text];
      if (kind === 3) return args.toSpliced(0, 1, text);
      // Most often the value of an option.
      const values = args.flatMap((arg, k) => (k > 0 && !arg.startsWith("--") ? [k] : []));
      const k = values[Math.floor(where * values.length)] ?? i;
      return args.toSpliced(k, 1, text);
    },
);

/** Commands that take long and cannot be interrupted when nothing is wrong with their arguments. */
function isLong(args: readonly string[]): boolean {
  const [command] = args;
  if (args.includes("--help") || args.includes("-h")) return false;
  if (command === "bench" || command === "validate") return !args.includes("cartpole");
  const env = args[args.lastIndexOf("--env") + 1];
  if (command === "train" || command === "tune") return ENVIRONMENTS.includes(env) && !/cartpole/i.test(env);
  // Without --streams it takes 100.
  if (command === "train-kml") return !/^0?$/.test(args[args.lastIndexOf("--streams") + 1]);
  if (command === "check") return !args.includes("cartpole") && !args.includes("CartPole-v1");
  if (command === "benchmark" && !args.includes("--resume") && !args.includes("--replay"))
    return !isRefusedBenchmark(args);
  return command === "trace" && args[1] === "record" && args.at(-1) !== "/bin/true";
}

/** Whether a benchmark has an argument that no benchmark takes: it starts processes otherwise. */
function isRefusedBenchmark(args: readonly string[]): boolean {
  return args.some((arg) => ODD_TEXTS.includes(arg) && !["1", "2", "-0", "0x10", "+1"].includes(arg));
}

/** Whether a line asks to run another program, or to write outside of the folder. */
function isSafe(args: readonly string[]): boolean {
  const at = args.indexOf("record");
  if (at >= 0 && !(args.at(-1) === "/bin/true" && args.at(-2) === "--")) return false;
  return !args.some((arg, i) => ["--out", "--directory", "--readme"].includes(args[i - 1]) && /^\/|\.\./.test(arg));
}

/** Arguments of every command. */
export function commands({ ppo, ladder }: Fixtures): readonly Target[] {
  const files: Files = {
    ...inFolder("run", ppo),
    ...inFolder("ladder", ladder),
    "histogram.r0t": encodeTrace(sampleTrace()),
    "accesses.r0t": encodeTrace(sampleAccesses()),
    "x.flows": "0 1 1000 0.001\n1 2 2000 0.002\n",
    "lackey.txt": LACKEY,
    "README.md": "<!-- benchmark -->\n<!-- end of benchmark -->\n",
  };
  return [
    {
      name: "commands",
      inputs: fc
        .tuple(fc.constantFrom(...BASES), fc.array(change, { minLength: 1, maxLength: 3 }))
        .map(([base, changes]) => changes.reduce<string[]>((args, next) => next(args), [...base]))
        .filter((args) => !isLong(args) && isSafe(args))
        .map((args) => ({ files, args })),
      run: async ({ args }) => refusedByProgram(await callProgram(args ?? [])),
    },
  ];
}

function inFolder(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}
