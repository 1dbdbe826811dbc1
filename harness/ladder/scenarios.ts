import type { Split } from "../../gym/env.ts";
import { hashKey, hashUniform } from "../../kernel/random.ts";
import type { LadderPolicy } from "../../ladder/ladder_policy.ts";
import type { LadderOptions } from "../../ladder/options.ts";
import type { Mode } from "../../ladder/states.ts";
import type { Policy } from "../play/policy.ts";
import type { Problem } from "../problems/problem.ts";
import type { ProcessPolicy } from "../process/process_policy.ts";
import type { Settings } from "../run/settings.ts";
import { OnlineLearner } from "./online_learner.ts";
import type { ScenarioName } from "./scenario_names.ts";
import { ScriptedPolicy } from "./scripted_policy.ts";

/** What a scenario builds its plan from. */
export interface ScenarioContext {
  readonly problem: Problem;
  /** The policy that the user named; the default where a scenario takes none. */
  readonly policy: Policy;
  /** A bad policy, see `Problem.broken`. */
  readonly broken: Policy;
  /** The subsystem's own algorithm. */
  readonly byDefault: Policy;
  /** Blocks of the run. */
  readonly blocks: number;
  /** Seed of the ladder. */
  readonly seed: number;
  /** Names of the played workloads, by kind. */
  readonly workloads: ReadonlyMap<string, readonly string[]>;
}

/** What happens in a run of the ladder. */
export interface ScenarioPlan {
  /** The policy on trial. */
  readonly agent: LadderPolicy;
  /** Called before every block. */
  beginBlock?(block: number): void;
  /** A policy that replaces the subsystem's own algorithm in a block. */
  byDefault?(block: number): Policy;
  /** Lower limit of the load in a block, 0 to 1. */
  load?(block: number): number;
  /** Options of `env.reset` in a block. */
  options?(block: number): Settings;
}

/** Error code of a signal to a process that no longer exists. */
const GONE = "ESRCH";

/** A scenario of the command `ladder`. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly description: string;
  /** Split on which it plays unless the user names another. */
  readonly split: Split;
  /** Settings of the ladder in this scenario. */
  readonly settings: Partial<LadderOptions>;
  /** Whether it plays the policy that the user names. */
  readonly policy: boolean;
  /**
   * Builds the plan where another process serves the policy. That process serves one policy, so it is null for
   * scenarios that need a second.
   */
  readonly served: ((context: ScenarioContext, agent: ProcessPolicy) => ScenarioPlan) | null;
  /** Builds the plan where the policy runs within this process. */
  plan(context: ScenarioContext): ScenarioPlan;
}

/** Number of blocks that an overload or a silence lasts. Source: choice. */
const TROUBLE_BLOCKS = 12;

/** Number of blocks between two peaks of a flapping load: more than the first emergency lasts. Source: choice. */
const FLAPPING_BLOCKS = 8;

/** A load that is too high. Source: choice, above every sensible `highWater`. */
const PEAK = 1;

/** All scenarios, in the order of the command's help. */
export const scenarios: readonly Scenario[] = [
  scenario("good", "the policy as it is", ({ policy }) => played(policy.name, () => policy), "as-it-is"),
  {
    ...scenario("bad", "a bad policy", ({ broken }) => played(broken.name, () => broken)),
    policy: false,
  },
  {
    ...scenario(
      "null",
      "no difference but noise: on each side a coin decides for every block whether the policy or the default plays it",
      ({ policy, byDefault, seed }) => {
        const one = (purpose: string) => {
          const key = hashKey(seed, `ladder/null-${purpose}`);
          return (block: number) => (hashUniform(key, block, 0) < 0.5 ? policy : byDefault);
        };
        return { ...played("null", one("agent")), byDefault: one("default") };
      },
    ),
    settings: { symmetric: true },
  },
  scenario("regress", "the policy; from the middle of the run on, a bad policy", ({ policy, broken, blocks }) =>
    played(policy.name, (block) => (block < blocks / 2 ? policy : broken)),
  ),
  scenario(
    "shift",
    "the policy, on one half of the kinds of workloads; from the middle of the run on, on the other half",
    ({ policy, blocks, seed, workloads }) => {
      const kinds = [...workloads.values()];
      const half = Math.ceil(kinds.length / 2);
      const parts = [kinds.slice(0, half).flat(), kinds.slice(half).flat()];
      const key = hashKey(seed, "ladder/shift");
      return {
        ...played(policy.name, () => policy),
        options(block) {
          const names = parts[block < blocks / 2 ? 0 : 1];
          return { workload: names[Math.floor(hashUniform(key, block, 0) * names.length)] };
        },
      };
    },
    "as-it-is",
  ),
  scenario(
    "overload",
    "the policy; in the middle of the run a real overload for 12 blocks",
    ({ policy, problem, blocks }) => ({
      ...played(policy.name, () => policy),
      options: (block) => (during(block, blocks / 2) ? problem.overload : {}),
    }),
    "as-it-is",
  ),
  scenario(
    "silent",
    "the policy, which gives no answer for 12 blocks in the middle of the run",
    ({ policy, blocks }) => played(policy.name, (block) => (during(block, blocks / 2) ? "silent" : policy)),
    stopped,
  ),
  scenario(
    "flapping",
    "the policy; from the middle of the run on, a load that is too high in every eighth block",
    ({ policy, blocks }) => ({
      ...played(policy.name, () => policy),
      load: (block) => (block >= blocks / 2 && block % FLAPPING_BLOCKS === 0 ? PEAK : 0),
    }),
    "as-it-is",
  ),
  scenario("adversarial", "the policy; in recommendation mode a bad policy", ({ policy, broken }) =>
    played(policy.name, (_, mode) => (mode === "recommendation" ? broken : policy)),
  ),
  {
    ...scenario(
      "learning",
      "a policy that knows nothing at the start and learns while the subsystem runs",
      ({ problem, seed }) => ({
        agent: new OnlineLearner(problem, seed),
      }),
    ),
    split: "train",
    policy: false,
  },
];

/** Whether `block` lies within trouble that begins at `start`. */
function during(block: number, start: number): boolean {
  return block >= start && block < start + TROUBLE_BLOCKS;
}

/** How a scenario runs with the policy in another process: with the same plan, with its own plan, or not at all. */
type Served = "as-it-is" | Scenario["served"];

function scenario(name: ScenarioName, description: string, plan: Scenario["plan"], served: Served = null): Scenario {
  const asItIs: Scenario["served"] = (context, agent) => ({ ...plan(context), agent, beginBlock() {} });
  return {
    name,
    description,
    split: "validation",
    settings: {},
    policy: true,
    plan,
    served: served === "as-it-is" ? asItIs : served,
  };
}

/** Stops the process of the policy, as a debugger does, and continues it later. */
function stopped({ blocks }: ScenarioContext, agent: ProcessPolicy): ScenarioPlan {
  let silent = false;
  return {
    agent,
    beginBlock(block) {
      if (during(block, blocks / 2) === silent) return;
      silent = !silent;
      try {
        process.kill(agent.pid!, silent ? "SIGSTOP" : "SIGCONT");
      } catch (error) {
        // A process that no longer exists is silent too.
        if ((error as NodeJS.ErrnoException).code !== GONE) throw error;
      }
    },
  };
}

/** A plan in which `playedBy` chooses the policy of every block. */
function played(
  name: string,
  playedBy: (block: number, mode: Mode) => Policy | "silent",
): ScenarioPlan & { agent: ScriptedPolicy } {
  const agent = new ScriptedPolicy(name, playedBy);
  return {
    agent,
    beginBlock: (block) => {
      agent.block = block;
    },
  };
}
