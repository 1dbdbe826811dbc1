import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ResultRecord, resultsText } from "../../harness/benchmark/results.ts";
import { smallResults } from "../harness/benchmark/small_benchmark.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runCli, runHere } from "./run_cli.ts";

/** Commands that ask for something that does not exist, and the expected line on standard error. */
const REFUSED: [what: string, args: string[], message: RegExp][] = [
  ["an unknown command", ["trian"], /unknown command 'trian'.*train/],
  ["an unknown option", ["train", "--stepss", "3"], /unknown option '--stepss'.*--steps/],
  ["no environment", ["train"], /--env/],
  ["an unknown environment", ["train", "--env", "tierin"], /unknown environment "tierin".*"tiering"/],
  ["an unknown agent", ["train", "--env", "cartpole", "--agent", "pppo"], /unknown agent "pppo".*"ppo"/],
  ["an unknown backend", ["train", "--env", "cartpole", "--backend", "gpu"], /auto, node, wasm, cpu/],
  ["a negative number", ["train", "--env", "cartpole", "--steps", "-3"], /--steps.*-3.*whole number, 1 or more/],
  ["a fraction", ["train", "--env", "cartpole", "--seeds", "1.5"], /--seeds.*1\.5.*whole number/],
  ["NaN", ["train", "--env", "cartpole", "--seed", "NaN"], /--seed.*NaN.*whole number/],
  ["a seed of another split", ["train", "--env", "cartpole", "--seed", "1000000"], /0 to 999999/],
  ["an unknown hyperparameter", ["train", "--env", "cartpole", "--set", "gama=0.9"], /"gama".*"gamma"/],
  ["an impossible hyperparameter", ["train", "--env", "cartpole", "--set", "gamma=2"], /gamma.*1/],
  [
    "a benchmark of an unknown environment",
    ["benchmark", "--env", "tiering,gpuu"],
    /unknown environment "gpuu".*"gpu"/,
  ],
  ["a benchmark without heuristics", ["benchmark", "--env", "cartpole"], /CartPole-v1 has no heuristics.*Tiering/],
  ["a benchmark of an agent that never was set up", ["benchmark", "--env", "tiering", "--agents", "bandit"], /bandit/],
  ["a benchmark that is not there", ["benchmark", "--resume", "no-such-run"], /no-such-run holds no benchmark/],
  ["a resumed benchmark with other options", ["benchmark", "--resume", "x", "--seeds", "3"], /--resume.*--seeds/],
  ["a policy for a benchmark", ["benchmark", "--policy", "x"], /--policy x needs --replay/],
  ["a replay that is resumed", ["benchmark", "--resume", "x", "--replay", "y:2"], /--resume.*--replay/],
  ["a report of two runs without a folder", ["report", "x", "y"], /give --out, got x, y/],
  ["no names", ["benchmark", "--env", "tiering,"], /names, separated by commas/],
  ["a record without a line", ["benchmark", "--replay", "results.csv"], /file and line, as in results\.csv:17/],
  ["a report of nothing", ["report", "no-such-run"], /no-such-run holds nothing to report/],
  ["a run that is not there", ["train", "--resume", "no-such-run"], /no-such-run/],
  ["resume with other options", ["train", "--resume", "x", "--env", "cartpole"], /--resume.*--env/],
  ["an unknown policy", ["simulate", "--env", "tiering", "--policy", "lrru"], /"lrru".*"lru"/],
  ["a policy folder that is not there", ["evaluate", "--env", "tiering", "--policy", "./nothing"], /\.\/nothing/],
  [
    "an unknown workload",
    ["simulate", "--env", "tiering", "--policy", "lru", "--workload", "gupps"],
    /unknown workload.*"gupps".*"gups"/,
  ],
  [
    "a trace file that is not there",
    ["simulate", "--env", "tiering", "--policy", "lru", "--workload", "./x.trace"],
    /no trace file \.\/x\.trace/,
  ],
  [
    "an unknown setting",
    ["simulate", "--env", "tiering", "--policy", "lru", "--option", "pagess=3"],
    /"pagess".*"pages"/,
  ],
  [
    "an unknown setting of a training",
    ["train", "--env", "congestion", "--option", "informatio=int"],
    /"informatio".*"information"/,
  ],
  ["resume with other settings", ["train", "--resume", "x", "--option", "window=2"], /--resume.*--option/],
  [
    "a setting out of range",
    ["simulate", "--env", "tiering", "--policy", "lru", "--option", "pages=1"],
    /pages must be from 256 to 65536, got 1/,
  ],
  [
    "a setting that is not a number",
    ["simulate", "--env", "tiering", "--policy", "lru", "--option", "pages=NaN"],
    /pages.*must be a number, got "NaN"/,
  ],
  ["a setting without a value", ["simulate", "--env", "tiering", "--policy", "lru", "--option", "pages"], /key=value/],
  [
    "an unknown scenario",
    ["ladder", "--env", "gpu", "--policy", "composite", "--scenario", "goood"],
    /goood.*good, bad, null/,
  ],
  ["a ladder without a policy", ["ladder", "--env", "gpu"], /scenario good needs a policy: give --policy/],
  [
    "a ladder with a policy too many",
    ["ladder", "--env", "gpu", "--policy", "composite", "--scenario", "learning"],
    /scenario learning has a policy of its own: leave out --policy/,
  ],
  ["a ladder without a kernel", ["ladder", "--env", "cartpole", "--policy", "random"], /CartPole-v1.*no ladder/],
  [
    "an unknown setting of the ladder",
    ["ladder", "--env", "gpu", "--policy", "composite", "--set", "learningshare=0.1"],
    /"learningshare".*"learningShare"/,
  ],
  [
    "an impossible setting of the ladder",
    ["ladder", "--env", "gpu", "--policy", "composite", "--set", "learningShare=2"],
    /setting learningShare of the ladder.*1/,
  ],
  [
    "paired evidence without copies",
    ["ladder", "--env", "gpu", "--policy", "composite", "--no-copies"],
    /without them the evaluator must be switchback/,
  ],
  [
    "a process for two policies",
    ["ladder", "--env", "gpu", "--policy", "random", "--scenario", "regress", "--process"],
    /scenario regress needs a second, possible: good, shift, overload, silent, flapping/,
  ],
  [
    "a process for a heuristic",
    ["ladder", "--env", "gpu", "--policy", "composite", "--process"],
    /there is no policy folder composite/,
  ],
  [
    "an unknown split",
    ["evaluate", "--env", "tiering", "--policy", "lru", "--split", "tests"],
    /train, validation, test/,
  ],
  [
    "a seed outside the split",
    ["evaluate", "--env", "tiering", "--policy", "lru", "--split", "test", "--first-seed", "5"],
    /2000000 to 2999999/,
  ],
  ["a trade-off of one side", ["tradeoff", "--env", "tiering"], /ring0\/Tiering-v1 has no two sides.*GpuPreemption/],
  ["a trade-off without an environment", ["tradeoff"], /--env/],
  ["a trade-off on the training split", ["tradeoff", "--env", "gpu", "--split", "train"], /validation, test/],
  ["a trade-off of an unknown policy", ["tradeoff", "--env", "gpu", "--policy", "compsite"], /"compsite".*"composite"/],
  [
    "a trade-off of one policy twice",
    ["tradeoff", "--env", "gpu", "--policy", "np", "--policy", "np"],
    /the policy np was given twice/,
  ],
  [
    "a trade-off of no episodes",
    ["tradeoff", "--env", "gpu", "--episodes", "0"],
    /--episodes.*whole number, 1 or more/,
  ],
  ["an export of a policy that is not there", ["export", "--policy", "no-run", "--to", "c"], /no policy folder no-run/],
  ["an export to another language", ["export", "--policy", "x", "--to", "cc"], /--to.*c, onnx/],
  ["an export with other bits", ["export", "--policy", "x", "--to", "c", "--bits", "7"], /--bits.*8, 16/],
  ["a measured export of nothing", ["bench", "--exported"], /at least one --policy/],
  ["a bench of a policy", ["bench", "--policy", "x"], /--policy is for bench --exported/],
  [
    "an agent of no kernel",
    ["agent", "--env", "tiering", "--policy", "random"],
    /a socket to connect to or a directory/,
  ],
  [
    "an agent of two kernels",
    ["agent", "--env", "tiering", "--policy", "random", "--connect", "x", "--directory", "y"],
    /--connect.*cannot be used with.*--directory/,
  ],
  [
    "an agent that needs the kernel's view",
    ["agent", "--env", "tiering", "--policy", "lru", "--connect", "x"],
    /lru looks at the kernel's own view/,
  ],
  ...(
    [
      ["train", "--steps", "1000000001", 1_000_000_000],
      ["train", "--seeds", "1001", 1000],
      ["train", "--evaluations", "10001", 10_000],
      ["train", "--episodes", "9007199254740991", 1000],
      ["benchmark", "--workers", "4294967296", 256],
      ["ladder", "--blocks", "100001", 100_000],
      ["ladder", "--deadline", "60001", 60_000],
      ["simulate", "--seeds", "10001", 10_000],
      ["tune", "--budget", "1e9", 100_000],
      ["train-kml", "--streams", "10001", 10_000],
    ] as const
  ).map(([command, option, value, most]): (typeof REFUSED)[number] => [
    `${command} ${option} ${value}`,
    [command, option, value],
    new RegExp(`${option}.*${value}.*whole number, 1 or more, at most ${most}`),
  ]),
  [
    "too many environments",
    ["train", "--env", "cartpole", "--set", "numEnvs=1e9"],
    /numEnvs of ppo.*256, got 1000000000/,
  ],
  ["too many steps in an update", ["train", "--env", "cartpole", "--set", "numSteps=1e9"], /numSteps.*4096, got 1000/],
  ["too large a layer", ["train", "--env", "cartpole", "--set", "hidden=[2049]"], /hidden\.0.*2048, got 2049/],
  ["too many layers", ["train", "--env", "cartpole", "--set", "hidden=[1,1,1,1,1,1,1,1,1]"], /hidden.*8/],
  [
    "too large observations of an update",
    ["train", "--env", "congestion", "--agent", "ppo", "--set", "numEnvs=256", "--set", "numSteps=4096"],
    /numEnvs 256 and numSteps 4096 make \d+ numbers .* at most 134217728/,
  ],
  [
    "a window of the ladder",
    ["ladder", "--env", "gpu", "--policy", "np", "--set", "window=1e9"],
    /window.*100000, got/,
  ],
  [
    "JSON that is nested deep",
    ["train", "--env", "cartpole", "--set", `hidden=${"[".repeat(20_000)}`],
    /--set.*It must have at most 10000 characters, or be JSON/,
  ],
  [
    "JSON that is nested deep and closed",
    ["train", "--env", "cartpole", "--set", `hidden=${"[".repeat(2000)}${"]".repeat(2000)}`],
    /hyperparameter hidden/,
  ],
  [
    "no socket",
    ["agent", "--env", "tiering", "--policy", "random", "--connect", ""],
    /--connect must name a socket, got ""/,
  ],
  [
    "no folder",
    ["agent", "--env", "tiering", "--policy", "random", "--directory", ""],
    /--directory must name a folder/,
  ],
  ...["/dev/full", "/dev/zero"].flatMap((device): (typeof REFUSED)[number][] => [
    [`a trace in ${device}`, ["trace", "info", device], /is a device, not a regular file/],
    [`an import of ${device}`, ["trace", "import", device, "--out", "x.r0t"], /is a device, not a regular file/],
    [`a replay of ${device}`, ["benchmark", "--replay", `${device}:2`], /is a device, not a regular file/],
    [
      `a workload in ${device}`,
      ["simulate", "--env", "gpu", "--policy", "np", "--workload", device],
      /is not a trace file/,
    ],
    [`a trace into ${device}`, ["trace", "import", "x", "--out", device, "--force"], /there is no file x/],
    [`constants into ${device}`, ["tune", "--env", "gpu", "--out", device], /is no regular file/],
    [`a classifier into ${device}`, ["train-kml", "--streams", "1", "--out", device], /is no regular file/],
  ]),
  ["an unknown environment to check", ["check", "--env", "cartpol"], /"cartpol".*"cartpole"/],
  ["an unknown environment to validate", ["validate", "--env", "x"], /unknown environment "x"/],
];

describe("what is refused as bad usage: one line, exit code 2, nothing written", () => {
  it.for(REFUSED)("%s", async ([, args, message]) => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await runHere(args, folder);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("in a process of its own", async () => {
    const folder = temporaryFolder();
    for (const [, args, message] of [REFUSED[0], REFUSED.find(([what]) => what === "an unknown policy")!]) {
      const { code, stdout, stderr } = await runCli(args, folder);
      expect(stderr).toMatch(message);
      expect(stderr.trim().split("\n")).toHaveLength(1);
      expect([code, stdout, readdirSync(folder)]).toEqual([2, "", []]);
    }
  });
});

describe("output folders", () => {
  it("refuses one that is not empty, and leaves it alone", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "mine.txt"), "mine");
    const { code, stderr } = await runHere(["train", "--env", "cartpole", "--out", folder]);
    expect(stderr).toMatch(/exists and is not empty/);
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual(["mine.txt"]);
    const drawn = await runHere(["tradeoff", "--env", "gpu", "--out", folder]);
    expect(drawn.stderr.trim()).toBe(`error: ${folder} exists and is not empty; give another --out`);
    expect([drawn.code, drawn.stdout, readdirSync(folder)]).toEqual([2, "", ["mine.txt"]]);
  });

  it("refuses a file", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const { code, stderr } = await runHere(["train", "--env", "cartpole", "--out", file]);
    expect(stderr).toMatch(/is a file/);
    expect(code).toBe(2);
  });

  it("refuses a place that cannot be written", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const out = join(folder, "file", "run");
    const { code, stderr } = await runHere(["train", "--env", "cartpole", "--out", out]);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(/^error: cannot make the folder .*run/)]);
    expect(code).toBe(1);
    expect(existsSync(out)).toBe(false);
  });

  it("refuses to write where the system forbids it", async () => {
    // Even root cannot create folders in /proc.
    const { code, stderr } = await runCli(["train", "--env", "cartpole", "--out", "/proc/ring0-run"]);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(/^error: cannot make the folder \/proc/)]);
    expect(code).toBe(1);
  });
});

describe("traces for another environment", () => {
  it.for([
    ["readahead", "vma", "zstd.r0t", /zstd\.r0t holds a histogram; here it must be page accesses in order/],
    ["tiering", "lru", "accesses/zstd.r0t", /zstd\.r0t holds page accesses in order; here it must be a histogram/],
  ] as const)("%s refuses them", async ([env, policy, file, message]) => {
    const trace = join(import.meta.dirname, "../../workloads/traces", file);
    const { code, stdout, stderr } = await runHere(["simulate", "--env", env, "--policy", policy, "--workload", trace]);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(message)]);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("damaged inputs", () => {
  it("refuses a damaged trace with file and position", async () => {
    const file = join(temporaryFolder(), "cut.trace");
    writeFileSync(file, Buffer.from([0x89, 0x52, 0x30, 0x54]));
    const simulated = await runHere(["simulate", "--env", "tiering", "--policy", "lru", "--workload", file]);
    const described = await runHere(["trace", "info", file]);
    for (const { code, stdout, stderr } of [simulated, described]) {
      expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(/^error: .*cut\.trace, byte \d+/)]);
      expect(stdout).toBe("");
      expect(code).toBe(2);
    }
  });

  it("says what is wrong with a folder without a policy", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "empty"));
    const { code, stderr } = await runHere(["evaluate", "--env", "cartpole", "--policy", join(folder, "empty")]);
    expect(stderr).toMatch(/holds no policy/);
    expect(code).toBe(2);
  });
});

describe("records to replay", () => {
  const replay = async (change: Partial<ResultRecord>) => {
    const folder = temporaryFolder();
    const [record] = smallResults().filter(({ role, metric }) => role === "static" && metric === "cost");
    writeFileSync(join(folder, "results.csv"), resultsText([{ ...record, ...change }]));
    return runHere(["benchmark", "--replay", "results.csv:2"], folder);
  };

  it.each([
    [{ env: "ring0/Nothing-v1" }, /unknown environment "ring0\/Nothing-v1"/],
    [{ env: "CartPole-v1" }, /results\.csv:2: CartPole-v1 has no heuristics/],
    [{ seed: 1.5 }, /results\.csv:2: seed: must be a whole number of at most 15 digits, got "1\.5"/],
    [{ seed: -1 }, /seed: must be a whole number/],
    [{ seed: 1 }, /seed/],
    [{ workload: "nothing" }, /nothing/],
    [{ policy: "../../x" }, /unknown policy of ring0\/Tiering-v1: "\.\.\/\.\.\/x"/],
    [{ role: "agent" as const, training_seed: null }, /names no training seed/],
  ])("are refused for %o", async (change, message) => {
    const { code, stdout, stderr } = await replay(change);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(message)]);
    expect([code, stdout]).toEqual([2, ""]);
  });
});
