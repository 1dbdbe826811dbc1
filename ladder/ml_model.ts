import { firstIssueIn } from "../files/first_issue.ts";
import type { StepOutcome } from "../gym/env.ts";
import { UnknownNameError } from "../gym/nearest.ts";
import { hashKey, hashUniform } from "../kernel/random.ts";
import { CONTROL_TOKENS, type ControlToken, decodeControl } from "./control.ts";
import { Dataset } from "./dataset.ts";
import { DefaultCosts, liveGain, pairedAdvantage, switchbackAdvantage } from "./evaluators.ts";
import { LadderError } from "./ladder_error.ts";
import type { Feedback } from "./ladder_policy.ts";
import { type BlockReport, ModeMachine, type Reason, type Transition } from "./mode_machine.ts";
import { type LadderOptions, ladderOptionsSchema } from "./options.ts";
import type { DatasetState, Mode, ModelState } from "./states.ts";

/** An event of a model, after the tracepoints of the RFC's later version. */
export type LadderEvent =
  | { readonly type: "model-registered" | "model-unregistered" }
  | { readonly type: "state-change"; readonly from: ModelState; readonly to: ModelState }
  | { readonly type: "dataset-update"; readonly state: DatasetState }
  | ({ readonly type: "mode-change" } & Transition);

/**
 * Operations that a subsystem lends to its model for a run: the calls of the RFC's `struct ml_lib_model_operations`
 * that only the subsystem can answer. One object per run.
 */
export interface Operations {
  /** How critical the load is now, 0 to 1. */
  load(): number;
  /** Cost since the run began. */
  cost(): number;
  /** Asks the policy. Null if there is no recommendation in time. */
  recommend(): unknown;
  /** Carries a recommendation out. Null if the subsystem refuses it, and then nothing has happened. */
  apply(recommendation: unknown): StepOutcome | null;
  /** Lets the subsystem's own algorithm decide. */
  byDefault(): StepOutcome;
}

/** Says whether the policy or the default decides in a block. */
export interface Assignment {
  /** Whether the policy decides. */
  readonly agent: boolean;
  /** Probability with which it was to decide. */
  readonly propensity: number;
}

/** Measurements of a block. */
export interface Measurement {
  /**
   * Greatest load, whether a sign of life of the policy arrived, kind of workload, and recommendations asked for and
   * refused in the live run: see `BlockReport`.
   */
  readonly load: number;
  readonly alive: boolean;
  readonly slice: string;
  readonly asked: number;
  readonly refused: number;
  /** Cost of the live run. */
  readonly cost: number;
  /** Cost of the other decider in a copy. Null if no copy was played. */
  readonly otherCost: number | null;
  /** Why the default took over the rest of the copy from the policy. Null if it did not. */
  readonly otherFailure: "invalid" | "silent" | "load" | null;
}

/** Value of the policy in a block, by both evaluators. Null if one of them says nothing. */
export interface Efficiency extends Feedback {
  readonly paired: number | null;
  readonly switchback: number | null;
}

/** Result of `getSystemState`. */
export interface SystemState {
  readonly mode: Mode;
  readonly state: ModelState;
  readonly dataset: DatasetState;
  /** Probability with which the policy decides. */
  readonly share: number;
}

/** States in which the model takes part. */
const ACTIVE: readonly ModelState[] = ["started", "running"];

/**
 * A model as the kernel has it: the proxy between a subsystem and a policy outside the kernel, by the 18 calls of the
 * Linux RFC "Machine Learning (ML) library in Linux kernel" (2026-02-06). The RFC leaves out what changes the mode.
 * That is `ModeMachine`.
 *
 * The model is stricter than the RFC in two ways. It refuses illegal changes of state with EINVAL; the RFC does not
 * check them. And control tokens have to be whole; the RFC compares as many letters as there are.
 */
export class MlModel {
  readonly subsystem: string;
  readonly name: string;
  #state: ModelState = "unknown";
  #options: LadderOptions | null = null;
  #machine: ModeMachine | null = null;
  #assignment: Assignment = { agent: false, propensity: 0 };
  /** Mode in which the running block began. */
  #blockMode: Mode = "unknown";
  #coin = 0;
  /** Recommendations in a row that were missing or invalid, in live runs. */
  #missed = 0;
  #weights: number | null = null;
  #transition: Transition | null = null;
  #costs = new DefaultCosts();
  #extract: () => Uint8Array = () => new Uint8Array(0);
  #written: Uint8Array | null = null;
  readonly #dataset = new Dataset((state) => this.#tell({ type: "dataset-update", state }));
  readonly #listener: (event: LadderEvent) => void;

  /** @param listener called for every event */
  private constructor(subsystem: string, name: string, listener: (event: LadderEvent) => void) {
    this.subsystem = subsystem;
    this.name = name;
    this.#listener = listener;
  }

  /** 1: makes a model of a subsystem. Its mode is emergency. */
  static create(subsystem: string, name: string, listener: (event: LadderEvent) => void = () => {}): MlModel {
    if (subsystem === "" || name === "") throw new LadderError("EINVAL", "a subsystem and a model have names");
    const model = new MlModel(subsystem, name, listener);
    model.#become("created");
    listener({ type: "model-registered" });
    return model;
  }

  /**
   * 2: sets the model up.
   *
   * @param options override the defaults
   * @throws LadderError EINVAL in a state other than created, or for an unknown or invalid option
   */
  init(options: Partial<LadderOptions> = {}): void {
    this.#expect("init", "created");
    this.#setUp(options);
    this.#become("initialized");
  }

  /** 3: sets the model up again, before its start or after a stop. It forgets all evidence. */
  reInit(options: Partial<LadderOptions> = {}): void {
    this.#expect("re_init", "initialized", "stopped");
    this.#setUp(options);
  }

  #setUp(options: Partial<LadderOptions>): void {
    const unknown = Object.keys(options).find((name) => !Object.hasOwn(ladderOptionsSchema.shape, name));
    if (unknown !== undefined) {
      const { message } = new UnknownNameError(
        "setting of the ladder",
        unknown,
        Object.keys(ladderOptionsSchema.shape),
      );
      throw new LadderError("EINVAL", message);
    }
    const read = ladderOptionsSchema.safeParse(options);
    if (!read.success) {
      const { where, what } = firstIssueIn(read.error, options);
      throw new LadderError("EINVAL", `setting ${where} of the ladder: ${what}`);
    }
    this.#options = read.data;
    this.#machine = new ModeMachine(read.data);
    this.#coin = hashKey(read.data.seed, "ladder/coin");
    this.#costs = new DefaultCosts();
  }

  /** 4: a policy is connected. Emergency ends when the load has been clear for long enough. */
  start(): void {
    this.#expect("start", "initialized", "stopped");
    this.#become("started");
    this.#machine!.start();
  }

  /** 5: the policy leaves. The default decides every operation from now on. */
  stop(): void {
    this.#expect("stop", "started", "running");
    this.#become("stopped");
    this.#changed(this.#machine!.stop());
  }

  /** 6: destroys the model. */
  destroy(): void {
    if (this.#state === "unknown") throw new LadderError("ENODEV", `the model ${this.name} is gone`);
    if (ACTIVE.includes(this.#state)) this.#changed(this.#machine!.stop());
    this.#become("shutting-down");
    this.#become("unknown");
    this.#machine = null;
    this.#listener({ type: "model-unregistered" });
  }

  /** 7: returns the state of the subsystem and of the model. */
  getSystemState(): SystemState {
    const mode = this.mode;
    return { mode, state: this.#state, dataset: this.#dataset.state, share: this.#machine?.share ?? 0 };
  }

  /** Mode of the subsystem; `unknown` before `init`. */
  get mode(): Mode {
    return this.#machine?.mode ?? "unknown";
  }

  /** State of the model. */
  get state(): ModelState {
    return this.#state;
  }

  /**
   * The mode machine, for readers of the evidence.
   *
   * @throws LadderError EINVAL before `init`
   */
  get machine(): ModeMachine {
    if (this.#machine === null) throw new LadderError("EINVAL", `the model ${this.name} is ${this.#state}`);
    return this.#machine;
  }

  /**
   * Settings of the ladder.
   *
   * @throws LadderError EINVAL before `init`
   */
  get options(): LadderOptions {
    return this.machine.options;
  }

  /**
   * 8: prepares a dataset to be read. A dataset that was not discarded stays as it is. The model is running from the
   * first dataset on.
   */
  getDataset(): void {
    this.#expect("get_dataset", "started", "running");
    this.#dataset.prepare(this.#extract);
    this.#become("running");
  }

  /** 9: discards the dataset. The next preparation takes a new one. */
  discardDataset(): void {
    this.#expect("discard_dataset", "started", "running", "stopped");
    this.#dataset.discard();
  }

  /** 10: sets how datasets are taken from the subsystem: bytes in the layout of `frames.ts`. */
  preprocessData(extract: () => Uint8Array): void {
    this.#extract = extract;
  }

  /** 11: replaces the old dataset with a new one and notifies a policy of it. */
  publishData(notify: (size: number) => void): void {
    this.discardDataset();
    this.getDataset();
    notify(this.#dataset.size);
  }

  /** Read of the character device: see `Dataset.read`. */
  read(buffer: Uint8Array, offset = 0): number {
    return this.#dataset.read(buffer, offset);
  }

  /**
   * Write of the character device: a recommendation, which stays until `takeRecommendation`.
   *
   * @throws LadderError ENOSPC if it is longer than `capacity`, EINVAL unless the model runs
   */
  write(bytes: Uint8Array, capacity = bytes.length): number {
    this.#expect("write", "started", "running");
    if (bytes.length > capacity) {
      throw new LadderError("ENOSPC", `a recommendation has at most ${capacity} bytes, got ${bytes.length}`);
    }
    this.#written = bytes.slice();
    return bytes.length;
  }

  /** Returns the recommendation that was written last, once. */
  takeRecommendation(): Uint8Array | null {
    const written = this.#written;
    this.#written = null;
    return written;
  }

  /**
   * Write of the control attribute.
   *
   * @throws LadderError EOPNOTSUPP for an unknown token, or the error of the call that the token stands for
   */
  control(text: string): void {
    const calls: Record<ControlToken, () => void> = {
      start: () => this.start(),
      stop: () => this.stop(),
      prepare_dataset: () => this.getDataset(),
      discard_dataset: () => this.discardDataset(),
    };
    const token = decodeControl(new TextEncoder().encode(text));
    if (token === null) {
      throw new LadderError("EOPNOTSUPP", `control takes ${CONTROL_TOKENS.join(", ")}, got ${JSON.stringify(text)}`);
    }
    calls[token]();
  }

  /**
   * Sets the weights behind the policy's recommendations, before a block. Evidence about other weights says nothing
   * about them.
   */
  useWeights(weights: number): void {
    const other = this.#weights !== null && this.#weights !== weights;
    this.#weights = weights;
    if (other) this.#changed(this.machine.newWeights());
  }

  /** Begins a block: a coin draws who decides in it. The coin depends only on the seed and the number of the block. */
  beginBlock(): Assignment {
    const { block, share } = this.machine;
    const propensity = ACTIVE.includes(this.#state) ? share : 0;
    this.#assignment = { agent: hashUniform(this.#coin, block, 0) < propensity, propensity };
    this.#blockMode = this.mode;
    this.#transition = null;
    return this.#assignment;
  }

  /** 12: whether there is a recommendation at all. The subsystem itself judges the rest. */
  preprocessRecommendation(recommendation: unknown): boolean {
    return recommendation !== null && recommendation !== undefined;
  }

  /** 14: carries a recommendation out. Null if there is none or the subsystem refuses it. */
  applyRecommendation(recommendation: unknown, operations: Operations): StepOutcome | null {
    if (!this.preprocessRecommendation(recommendation)) {
      this.#refuse("silent");
      return null;
    }
    const applied = operations.apply(recommendation);
    if (applied === null) this.#refuse("invalid");
    else this.#missed = 0;
    return applied;
  }

  #refuse(reason: Reason): void {
    this.#missed++;
    if (this.#missed >= this.options.maxInvalid) this.emergency(reason);
  }

  /**
   * 15: one operation of the live run, decided as the mode says. Load and objective are checked first: in emergency the
   * policy is not asked, not even in the block in which the emergency begins.
   *
   * @param agent whether the policy is to decide, see `beginBlock`
   */
  executeOperation(operations: Operations, agent: boolean): StepOutcome {
    if (!ACTIVE.includes(this.#state)) return operations.byDefault();
    if (operations.load() >= this.#options!.highWater) this.emergency("load");
    // The cost of the default is no reason to take an operation from the policy.
    else if (agent && this.breaches(operations.cost())) this.emergency("objective");
    if (!agent || this.#machine!.mode === "emergency") return operations.byDefault();
    this.#become("running");
    return this.applyRecommendation(operations.recommend(), operations) ?? operations.byDefault();
  }

  /** Whether a block with this cost breaches the objective: it costs far more than nearly all blocks of the default. */
  breaches(cost: number): boolean {
    return (
      this.#costs.count >= this.#options!.objectiveBlocks && cost > this.#options!.objectiveRatio * this.#costs.tail
    );
  }

  /** Begins an emergency at once. */
  emergency(reason: Reason): void {
    this.#changed(this.#machine!.emergency(reason));
  }

  /** 16: the value of the policy in the block that has ended, by both evaluators. */
  estimateEfficiency({
    cost,
    otherCost,
    otherFailure,
  }: Pick<Measurement, "cost" | "otherCost" | "otherFailure">): Efficiency {
    const { agent, propensity } = this.#assignment;
    const { mean } = this.#costs;
    const defaultCost = agent ? otherCost : cost;
    const agentCost = agent ? cost : otherCost;
    const { leastShare, symmetric } = this.options;
    let paired = otherCost === null ? null : pairedAdvantage(defaultCost!, agentCost!, leastShare * mean, symmetric);
    // If the policy had overloaded a copy, the savings of the default in that copy are not to the credit of the policy.
    if (otherFailure === "load") paired = -1;
    const mayBeBoth = propensity > 0 && propensity < 1 && mean > 0;
    const switchback = mayBeBoth ? switchbackAdvantage(agent, cost, propensity, mean) : null;
    const advantage = this.options.evaluator === "paired" ? paired : switchback;
    return {
      block: this.machine.block,
      mode: this.#blockMode,
      applied: agent,
      propensity,
      cost: agentCost,
      baselineCost: defaultCost,
      advantage,
      degraded: advantage !== null && advantage < 0,
      paired,
      switchback,
    };
  }

  /** 17: reports its value to the policy. */
  errorBackpropagation(efficiency: Efficiency, notify: (feedback: Feedback) => void): void {
    const { paired: _paired, switchback: _switchback, ...feedback } = efficiency;
    notify(feedback);
  }

  /** 13: the mode in which the subsystem should be. */
  estimateSystemState(): Mode {
    return this.machine.estimate()?.mode ?? this.mode;
  }

  /** 18: changes into that mode, by at most one rung up, between blocks. */
  correctSystemState(): Transition | null {
    this.#changed(this.machine.correct());
    return this.#transition;
  }

  /**
   * Ends a block: calls 16, 17 and 18. Call 18 changes into the mode that 13 returns.
   *
   * @param notify gets the value of the policy
   * @returns that value, and the last change of mode in the block or at its end
   */
  closeBlock(
    measurement: Measurement,
    notify: (feedback: Feedback) => void,
  ): { efficiency: Efficiency; transition: Transition | null } {
    const efficiency = this.estimateEfficiency(measurement);
    this.errorBackpropagation(efficiency, notify);
    this.machine.close(this.#report(measurement, efficiency));
    // Only of live blocks, because what a kernel knows must not depend on whether copies were played. And only of
    // ordinary blocks.
    if (!this.#assignment.agent && measurement.load < this.options.lowWater) this.#costs.add(measurement.cost);
    return { efficiency, transition: this.correctSystemState() };
  }

  #report(measurement: Measurement, { advantage, baselineCost }: Efficiency): BlockReport {
    const { load, alive, slice, asked, refused, cost, otherFailure } = measurement;
    const { agent } = this.#assignment;
    const own = { load, alive, slice, asked, refused, advantage };
    if (this.options.evaluator === "paired") {
      const defaultCost = baselineCost ?? cost;
      const failed = otherFailure === "load" ? null : otherFailure;
      return { ...own, gain: advantage, failed, defaultCost, loss: agent ? cost - defaultCost : null };
    }
    // A kernel knows what the default costs on average. It does not know what the default would have cost just now, and
    // it has no copies.
    const { mean } = this.#costs;
    const gain = agent && mean > 0 ? liveGain(cost, mean) : null;
    return { ...own, gain, failed: null, defaultCost: agent ? mean : cost, loss: agent ? cost - mean : null };
  }

  #changed(transition: Transition | null): void {
    if (transition === null) return;
    this.#transition = transition;
    this.#listener({ type: "mode-change", ...transition });
  }

  #become(state: ModelState): void {
    if (state === this.#state) return;
    const from = this.#state;
    this.#state = state;
    this.#listener({ type: "state-change", from, to: state });
  }

  #expect(call: string, ...states: readonly ModelState[]): void {
    if (states.includes(this.#state)) return;
    throw new LadderError(
      "EINVAL",
      `${call} is for models that are ${states.join(" or ")}, ${this.name} is ${this.#state}`,
    );
  }

  #tell(event: LadderEvent): void {
    this.#listener(event);
  }
}
