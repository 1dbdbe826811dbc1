import { type KernelEnv, kernelEnvOf } from "../../envs/kernel_env.ts";
import { EnvUsageError, type StepOutcome } from "../../gym/env.ts";
import type { LadderPolicyRun } from "../../ladder/ladder_policy.ts";
import type { Operations } from "../../ladder/ml_model.ts";
import type { Turn } from "../play/policy.ts";
import type { LadderParts } from "./parts.ts";
import type { RunResult } from "./run_result.ts";

/** What one run of a block needs, live or in a copy. */
export interface RunParts extends Pick<LadderParts, "problem" | "model" | "agent" | "byDefault" | "env"> {
  readonly seed: number;
  /** Lower limit of the load, see `BlockSpec.load`. */
  readonly load: number;
  /** Whether the policy decides, until the ladder hands over to the default. */
  readonly decides: boolean;
  /** Whether this is the live run; else it runs in a copy. */
  readonly live: boolean;
}

/** One run of a block. It carries out operation after operation until all work is done. */
export class BlockRun implements Operations {
  readonly #parts: RunParts;
  readonly #env: KernelEnv;
  #agentRun: LadderPolicyRun | null;
  #default: Turn | null = null;
  #observation: unknown;
  #load = 0;
  #peak = 0;
  #missed = 0;
  #failure: RunResult["failure"] = null;
  #asked = 0;
  #applied = 0;
  #refused = 0;

  constructor(parts: RunParts) {
    const { env, agent, seed, decides, live } = parts;
    this.#parts = parts;
    this.#env = kernelEnvOf(env);
    this.#agentRun = decides ? agent.begin(env, seed, live) : null;
  }

  /** Plays the run to its end from the environment's first observation. */
  play(observation: unknown): RunResult {
    const { live, model } = this.#parts;
    this.#observation = observation;
    let operations = 0;
    for (;;) {
      const { terminated, truncated, observation: next } = live ? this.#executeLive() : this.#executeCopy();
      operations++;
      if (terminated || truncated) break;
      // The policy stops deciding as soon as emergency begins. `#executeCopy` does the same for a copy.
      if (this.#agentRun !== null && live && model.mode === "emergency") this.#handOver();
      if (this.#agentRun !== null) this.#observation = next ?? this.#env.observe();
    }
    this.#handOver();
    // Where one decision lasts to the end of the run, this is the only point at which the load is read.
    this.load();
    const cost = this.cost();
    const [load, peak, failure] = [this.#load, this.#peak, this.#failure];
    const [asked, applied, refused] = [this.#asked, this.#applied, this.#refused];
    return { cost, operations, asked, applied, refused, load, peak, failure };
  }

  #executeLive(): StepOutcome {
    return this.#parts.model.executeOperation(this, this.#agentRun !== null);
  }

  /**
   * Nothing in a copy changes the mode. But a critical load, or too many misses, hand the rest of the copy to the
   * default, as they would in the live run.
   */
  #executeCopy(): StepOutcome {
    const { model } = this.#parts;
    const critical = this.load() >= model.options.highWater;
    if (this.#agentRun === null || model.mode === "emergency") return this.byDefault();
    if (critical) return this.#fail("load");
    const recommendation = this.recommend();
    const applied = model.preprocessRecommendation(recommendation) ? this.apply(recommendation) : null;
    if (applied !== null) {
      this.#missed = 0;
      return applied;
    }
    this.#missed++;
    if (this.#missed < model.options.maxInvalid) return this.byDefault();
    return this.#fail(recommendation === null ? "silent" : "invalid");
  }

  #fail(failure: RunResult["failure"]): StepOutcome {
    this.#failure = failure;
    this.#handOver();
    return this.byDefault();
  }

  /** The default decides from now on. */
  #handOver(): void {
    this.#agentRun?.end();
    this.#agentRun = null;
  }

  load(): number {
    const { problem, load } = this.#parts;
    const now = Math.max(load, problem.pressure(this.#env.kernel));
    if (now > this.#load) this.#load = now;
    return now;
  }

  cost(): number {
    const { cost } = this.#env;
    if (cost > this.#peak) this.#peak = cost;
    return cost;
  }

  recommend(): unknown {
    this.#asked++;
    const recommendation = this.#agentRun!.recommend(this.#observation);
    if (recommendation === null) this.#refused++;
    return recommendation;
  }

  apply(recommendation: unknown): StepOutcome | null {
    try {
      const result = this.#agentRun!.apply(recommendation);
      this.#applied++;
      this.#agentRun!.learn(result);
      return result;
    } catch (error) {
      // The environment refuses an illegal action before it changes any state.
      if (!(error instanceof EnvUsageError)) throw error;
      this.#refused++;
      return null;
    }
  }

  byDefault(): StepOutcome {
    const { byDefault, env, seed } = this.#parts;
    this.#default ??= byDefault.begin(env, seed);
    return this.#default.apply(this.#default.decide(undefined));
  }
}
