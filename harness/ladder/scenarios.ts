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

/** What a scenario is made from. */
export interface ScenarioContext {
  readonly problem: Problem;
  /** The policy that was asked for; the default where none was, which some scenarios need. */
  readonly policy: Policy;
  /** One that is known to be bad, see `Problem.broken`. */
  readonly broken: Policy;
  /** The subsystem's own algorithm. */
  readonly byDefault: Policy;
  /** Blocks of the run. */
  readonly blocks: number;
  /** Seed of the ladder. */
  readonly seed: number;
  /** Workloads that are played, by kind. */
  readonly workloads: ReadonlyMap<string, readonly string[]>;
}

/** Who and what a ladder meets in a run. */
export interface ScenarioPlan {
  readonly agent: LadderPolicy;
  /** Told of every block before it begins. */
  beginBlock?(block: number): void;
  /** In the place of the subsystem's own algorithm. */
  byDefault?(block: number): Policy;
  /** A load that is there in any case. */
  load?(block: number): number;
  /** Of `env.reset`. */
  options?(block: number): Settings;
}

/** Why a process could not be told something: it is gone. */
const GONE = "ESRCH";

/** A scenario of the command `ladder`. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly description: string;
  /** Where it plays unless told otherwise. */
  readonly split: Split;
  /** Settings of the ladder in it. */
  readonly settings: Partial<LadderOptions>;
  /** Whether it plays the policy that is asked for. */
  readonly policy: boolean;
  /** What it is with the policy in another process, which plays as it does in every block; null where somebody else has to play. */
  readonly served: ((context: ScenarioContext, agent: ProcessPolicy) => ScenarioPlan) | null;
  plan(context: ScenarioContext): ScenarioPlan;
}

/** Blocks for which an overload, or silence, lasts. Source: choice. */
const TROUBLE_BLOCKS = 12;

/** Blocks between two peaks of a flapping load: more than emergency lasts at first. Source: choice. */
const FLAPPING_BLOCKS = 8;

/** A load that is just too high. Source: choice, above every `highWater` that makes sense. */
const PEAK = 1;

/** All scenarios, in the order of the command's help. */
export const scenarios: readonly Scenario[] = [
  scenario("good", "the policy as it is", ({ policy }) => played(policy.name, () => policy), "as-it-is"),
  {
    ...scenario("bad", "a policy that is known to be bad", ({ broken }) => played(broken.name, () => broken)),
    policy: false,
  },
  {
    ...scenario(
      "null",
      "no difference but noise: on both sides a coin of its own says whether the policy or the default plays a block",
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
  scenario("regress", "the policy, from the middle on a bad one", ({ policy, broken, blocks }) =>
    played(policy.name, (block) => (block < blocks / 2 ? policy : broken)),
  ),
  scenario(
    "shift",
    "the policy, on one half of the kinds of workloads first and on the other half from the middle on",
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
    "the policy, and in the middle a real overload for 12 blocks",
    ({ policy, problem, blocks }) => ({
      ...played(policy.name, () => policy),
      options: (block) => (during(block, blocks / 2) ? problem.overload : {}),
    }),
    "as-it-is",
  ),
  scenario(
    "silent",
    "the policy, which says nothing for 12 blocks in the middle",
    ({ policy, blocks }) => played(policy.name, (block) => (during(block, blocks / 2) ? "silent" : policy)),
    stopped,
  ),
  scenario(
    "flapping",
    "the policy, and from the middle on a load that is too high in every eighth block",
    ({ policy, blocks }) => ({
      ...played(policy.name, () => policy),
      load: (block) => (block >= blocks / 2 && block % FLAPPING_BLOCKS === 0 ? PEAK : 0),
    }),
    "as-it-is",
  ),
  scenario("adversarial", "the policy until it is in recommendation mode, there a bad one", ({ policy, broken }) =>
    played(policy.name, (_, mode) => (mode === "recommendation" ? broken : policy)),
  ),
  {
    ...scenario(
      "learning",
      "an agent that starts with nothing and learns while the subsystem runs",
      ({ problem, seed }) => ({
        agent: new OnlineLearner(problem, seed),
      }),
    ),
    split: "train",
    policy: false,
  },
];

function during(block: number, start: number): boolean {
  return block >= start && block < start + TROUBLE_BLOCKS;
}

/** What a scenario is with the policy in another process: the same, something else, or not possible. */
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

/** The agent's process is stopped, as by a debugger, and continued. */
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
        // A process that is gone is silent too.
        if ((error as NodeJS.ErrnoException).code !== GONE) throw error;
      }
    },
  };
}

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
