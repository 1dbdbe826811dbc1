import { ConfidenceSequence } from "./confidence_sequence.ts";
import { Cusum } from "./cusum.ts";
import { LossBudget } from "./loss_budget.ts";
import type { LadderOptions } from "./options.ts";
import type { Mode } from "./states.ts";

/** Why the mode changed. */
const REASONS = [
  "clear",
  "better",
  "load",
  "invalid",
  "silent",
  "objective",
  "harm",
  "worse-suddenly",
  "worse-for-long",
  "loss-budget",
  "new-weights",
  "stopped",
] as const;
/** One of the reasons. */
export type Reason = (typeof REASONS)[number];

/** Evidence about the advantage of the policy in the running epoch. */
export interface Evidence {
  /** Number of blocks. */
  readonly count: number;
  readonly mean: number;
  /** Bounds that hold at all times with the `alpha` of the attempt. Infinite before the second block. */
  readonly lower: number;
  readonly upper: number;
  /** Number of the search for a promotion since the start, from 1. */
  readonly attempt: number;
  readonly alpha: number;
}

/** A change of mode. */
export interface Transition {
  /** Number of the first block in which the new mode holds. An emergency may begin in the middle of it. */
  readonly block: number;
  readonly from: Mode;
  readonly to: Mode;
  readonly reason: Reason;
  readonly evidence: Evidence;
}

/** Result of a block. */
export interface BlockReport {
  /** Greatest load in the block, 0 to 1. */
  readonly load: number;
  /** Whether a sign of life of the policy arrived. */
  readonly alive: boolean;
  /** Advantage by the evaluator that counts. Null if the block says nothing. */
  readonly advantage: number | null;
  /** Value that the alarm gets from the block: the advantage, or `liveGain`. Null if there is none. */
  readonly gain: number | null;
  /** Why the policy failed in a copy, as it would have failed in the live run. Null if it did not fail. */
  readonly failed: "invalid" | "silent" | null;
  /** Kind of workload. */
  readonly slice: string;
  /** Number of recommendations that were asked for, and how many of them were missing or invalid. */
  readonly asked: number;
  readonly refused: number;
  /** Cost of the default in the block, known or estimated. */
  readonly defaultCost: number;
  /** Loss from the decisions of the policy in the live run. Null if the default decided. */
  readonly loss: number | null;
}

/** Blocks of a kind of workload before the machine judges it. Source: choice. */
const SLICE_BLOCKS = 8;

const ABOVE_LEARNING: readonly Mode[] = ["collaboration", "recommendation"];

/**
 * Chooses the mode of a subsystem from the results of its blocks. Promotions go one rung at a time, each on its own
 * evidence. A policy that gets worse falls back to learning. Emergency begins at once. `docs/ladder.md` describes which
 * event leads to which mode.
 */
export class ModeMachine {
  readonly options: LadderOptions;
  #mode: Mode = "emergency";
  #started = false;
  #block = 0;
  /** Blocks since the mode began. */
  #stay = 0;
  #attempt = 0;
  #epoch: ConfidenceSequence;
  /** Values that the alarm got in the epoch. */
  #heard = new ConfidenceSequence(1);
  readonly #recent: number[] = [];
  readonly #slices = new Map<string, ConfidenceSequence>();
  readonly #cusum: Cusum;
  readonly #budget: LossBudget;
  /** Standard deviation of the values that the alarm got in the epoch that promoted. */
  #deviation = 1;
  #load = 0;
  #failed: BlockReport["failed"] = null;
  #rang = false;
  #asked = 0;
  #refused = 0;
  #alive = true;
  #clear = 0;
  /** Whether the running block began in another mode. */
  #partial = false;
  #cooldown: number;
  #cooldownLeft = 0;
  /** Whether evidence waits until learning mode resumes. */
  #paused = false;
  /** Block at which the last emergency by load ended. */
  #loadEnded = Number.NEGATIVE_INFINITY;
  #loaded = false;

  constructor(options: LadderOptions) {
    this.options = options;
    this.#epoch = new ConfidenceSequence(options.learningBlocks);
    this.#cusum = new Cusum(options.cusumSlack, options.cusumThreshold);
    this.#budget = new LossBudget(options.lossBudget);
    this.#cooldown = options.cooldownBlocks;
  }

  /** Mode of the running block. */
  get mode(): Mode {
    return this.#mode;
  }

  /** Number of the running block, from 0. */
  get block(): number {
    return this.#block;
  }

  /** Evidence of the running epoch. */
  get evidence(): Evidence {
    const { alpha } = this.options;
    const attempt = Math.max(1, this.#attempt);
    const own = (6 * alpha) / (Math.PI * attempt) ** 2;
    const { count, mean } = this.#epoch;
    return { count, mean, lower: this.#epoch.lower(own), upper: this.#epoch.upper(own), attempt, alpha: own };
  }

  /** Probability with which the policy is to decide in the running block. */
  get share(): number {
    switch (this.#mode) {
      case "learning":
        return this.#mayTry ? this.options.learningShare : 0;
      case "collaboration":
        return this.options.collaborationShare;
      case "recommendation":
        return this.options.recommendationShare;
      default:
        return 0;
    }
  }

  /** In learning mode: whether the evidence about the policy allows it to decide in a live block. */
  get #mayTry(): boolean {
    const { shadowBlocks } = this.options;
    if (this.#budget.exceeded(this.#paired)) return false;
    if (!this.#paired) return true;
    return this.#epoch.count >= shadowBlocks && this.#epoch.mean >= 0;
  }

  get #paired(): boolean {
    return this.options.evaluator === "paired";
  }

  /** The policy is connected. From now on emergency can end. */
  start(): void {
    this.#started = true;
    this.#clear = 0;
  }

  /** The policy has left. */
  stop(): Transition | null {
    this.#started = false;
    return this.emergency("stopped");
  }

  /** The policy has other weights: the evidence about the old ones says nothing about the new ones. */
  newWeights(): Transition | null {
    this.#cooldown = this.options.cooldownBlocks;
    if (ABOVE_LEARNING.includes(this.#mode)) return this.#enter("learning", "new-weights");
    if (this.#mode === "learning") {
      this.#stay = 0;
      this.#begin();
    }
    this.#paused = false;
    return null;
  }

  /** Begins an emergency at once, in the middle of a block. Null if there is one already. */
  emergency(reason: Reason): Transition | null {
    if (this.#mode === "emergency") return null;
    const transition = this.#toEmergency(reason);
    this.#partial = true;
    return transition;
  }

  #toEmergency(reason: Reason): Transition {
    this.#loaded = reason === "load";
    // A load that returns soon is a load at the threshold. The waiting time grows each time.
    const soon = this.#block - this.#loadEnded < this.options.cooldownBlocks;
    if (reason !== "stopped" && (reason !== "load" || soon)) this.#coolDown();
    return this.#enter("emergency", reason);
  }

  /** Takes the result of the running block into account. The mode stays: `estimate` and `correct` follow. */
  close(report: BlockReport): void {
    const { advantage, gain, slice, load, alive, asked, refused, defaultCost, loss } = report;
    this.#alive = alive;
    this.#load = load;
    this.#failed = report.failed;
    this.#budget.spend(defaultCost);
    if (loss !== null) this.#budget.lose(loss);
    if (this.#cooldownLeft > 0) this.#cooldownLeft--;
    if (this.#mode === "emergency") this.#clear = load < this.options.lowWater && !this.#partial ? this.#clear + 1 : 0;
    else {
      if (advantage !== null) this.#learn(advantage, slice);
      if (gain !== null) this.#hear(gain);
    }
    this.#asked += asked;
    this.#refused += refused;
    this.#partial = false;
    this.#stay++;
    this.#block++;
  }

  #learn(advantage: number, slice: string): void {
    this.#epoch.add(advantage);
    this.#recent.push(advantage);
    if (this.#recent.length > this.options.window) this.#recent.shift();
    let own = this.#slices.get(slice);
    if (own === undefined) {
      own = new ConfidenceSequence(SLICE_BLOCKS);
      this.#slices.set(slice, own);
    }
    own.add(advantage);
  }

  #hear(gain: number): void {
    this.#heard.add(gain);
    if (ABOVE_LEARNING.includes(this.#mode) && this.#cusum.add(gain / this.#deviation)) this.#rang = true;
  }

  /**
   * The mode in which the subsystem should be after the block that was closed last, and why. Null if the present mode
   * is right.
   */
  estimate(): { mode: Mode; reason: Reason } | null {
    const { harmBlocks, deltaHard, alpha } = this.options;
    if (this.#mode === "emergency") {
      const over = this.#clear >= this.options.clearBlocks && this.#cooldownLeft === 0;
      return this.#started && this.#alive && over ? { mode: "learning", reason: "clear" } : null;
    }
    // If a program decided alone, there was no operation at which the load could be noticed.
    if (this.#load >= this.options.highWater) return { mode: "emergency", reason: "load" };
    if (!this.#alive) return { mode: "emergency", reason: "silent" };
    if (this.#failed !== null) return { mode: "emergency", reason: this.#failed };
    if (this.#epoch.count >= harmBlocks && this.#epoch.upper(alpha) < -deltaHard) {
      return { mode: "emergency", reason: "harm" };
    }
    if (ABOVE_LEARNING.includes(this.#mode)) {
      const reason = this.#worse();
      if (reason !== null) return { mode: "learning", reason };
    }
    const next = this.#mode === "learning" ? "collaboration" : "recommendation";
    return this.#mode !== "recommendation" && this.#better() ? { mode: next, reason: "better" } : null;
  }

  #worse(): Reason | null {
    if (this.#rang) return "worse-suddenly";
    if (this.#budget.exceeded(this.#paired)) return "loss-budget";
    const { window, alpha, deltaDown } = this.options;
    if (this.#recent.length < window) return null;
    const recent = new ConfidenceSequence(window);
    for (const advantage of this.#recent) recent.add(advantage);
    return recent.upper(alpha) < -deltaDown ? "worse-for-long" : null;
  }

  #better(): boolean {
    const { learningBlocks, collaborationBlocks, deltaUp, deltaSlice, invalidShare, alpha } = this.options;
    const blocks = this.#mode === "learning" ? learningBlocks : collaborationBlocks;
    if (this.#epoch.count < blocks || this.#stay < blocks || this.#cooldownLeft > 0) return false;
    if (this.#refused > invalidShare * this.#asked) return false;
    if (this.#mode === "collaboration") {
      for (const slice of this.#slices.values()) {
        if (slice.count >= SLICE_BLOCKS && slice.upper(alpha) < -deltaSlice) return false;
      }
    }
    return this.evidence.lower > deltaUp;
  }

  /** Changes into the mode that `estimate` returns. Null if nothing changes. */
  correct(): Transition | null {
    const target = this.estimate();
    if (target === null) return null;
    if (target.mode === "emergency") return this.#toEmergency(target.reason);
    if (target.mode === "learning" && target.reason !== "clear") this.#coolDown();
    if (target.reason === "clear" && this.#loaded) this.#loadEnded = this.#block;
    return this.#enter(target.mode, target.reason);
  }

  #coolDown(): void {
    this.#cooldownLeft = this.#cooldown;
    this.#cooldown = Math.min(2 * this.#cooldown, this.options.cooldownMost);
  }

  #enter(mode: Mode, reason: Reason): Transition {
    const transition = { block: this.#block, from: this.#mode, to: mode, reason, evidence: this.evidence };
    if (ABOVE_LEARNING.includes(mode)) this.#deviation = Math.max(this.#heard.deviation, this.options.deltaUp);
    const resumes = this.#paused && reason === "clear";
    // A load is not the fault of the policy: the evidence of learning mode stays.
    this.#paused = this.#mode === "learning" && reason === "load";
    this.#mode = mode;
    this.#stay = 0;
    this.#clear = 0;
    if (!this.#paused && !resumes) this.#begin();
    return transition;
  }

  /** Begins a new epoch: evidence that has decided once does not decide again. */
  #begin(): void {
    const { learningBlocks, collaborationBlocks } = this.options;
    this.#rang = false;
    this.#asked = 0;
    this.#refused = 0;
    this.#recent.length = 0;
    this.#slices.clear();
    this.#cusum.clear();
    this.#heard = new ConfidenceSequence(1);
    this.#epoch = new ConfidenceSequence(this.#mode === "learning" ? learningBlocks : collaborationBlocks);
    if (this.#mode === "learning" || this.#mode === "collaboration") this.#attempt++;
  }
}
