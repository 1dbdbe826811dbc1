import type { Info, StepOutcome } from "../../gym/env.ts";
import type { EnvContext } from "../../gym/env_context.ts";
import { Box, Discrete } from "../../gym/spaces.ts";
import { type WritebackDecision, WritebackKernel, type WritebackWorkload } from "../../kernel/writeback/writeback.ts";
import { checkEpisodeOptions } from "../check_episode_options.ts";
import { type EpisodeDraws, SubsystemEnv } from "../subsystem_env.ts";

/** Options of a reset. */
interface WritebackOptions {
  workload?: string | WritebackWorkload;
  periods: number;
}

/** Decides after every period whether to write all dirty pages back. */
export class WritebackEnv extends SubsystemEnv<WritebackKernel, WritebackDecision, number, number, WritebackOptions> {
  readonly rows = 1;
  readonly observationSpace = new Box(0, Number.POSITIVE_INFINITY, [1]);
  readonly actionSpace = new Discrete(2);
  readonly condition = null;
  readonly costPerReward = 0;

  constructor(context: EnvContext) {
    super(context, new WritebackKernel(), "writeback/episode");
  }

  get cost(): number {
    return this.kernel.cost;
  }

  protected readOptions(options: Readonly<Record<string, unknown>>): WritebackOptions {
    checkEpisodeOptions(options, this.spec);
    return { periods: 50, ...options };
  }

  protected begin({ workload: wanted, periods }: WritebackOptions, { workload: draw, kernelSeed }: EpisodeDraws): Info {
    const workload = this.openWorkload(wanted, draw, (name) => ({ name, periods, mean: 2 * name.length }));
    this.kernel.reset(workload, kernelSeed);
    return {};
  }

  protected act(action: number): StepOutcome<number> {
    return this.carryOut({ flush: action === 1 });
  }

  protected carryOut(decision: WritebackDecision): StepOutcome<number> {
    return this.outcome(-this.kernel.decide(decision).cost);
  }

  observe(): Float32Array {
    return Float32Array.of(this.kernel.view.dirty / 100);
  }

  actionMask(): null {
    return null;
  }

  metrics(): Record<string, number> {
    return { dirty: this.kernel.view.dirty };
  }

  render(): string {
    return `${this.kernel.view.dirty.toFixed(0)} dirty pages`;
  }

  protected info(): Info {
    return { cost: this.cost };
  }

  protected create(): this {
    return new WritebackEnv(this.context) as this;
  }

  protected copyFrom(): void {}
}
