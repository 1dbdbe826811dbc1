import { z } from "zod";
import { EVALUATORS } from "./evaluators.ts";

const share = z.number().gt(0).lt(1);
const blocks = z.int().positive();

/**
 * Settings of the ladder. Shares: the RFC names 50 % and says "some" and "mainly" of the others. All other defaults were chosen by
 * the false promotions and delays that they lead to; `docs/ladder.md` has the measurement.
 */
export const ladderOptionsSchema = z.strictObject({
  /** Probability with which the agent decides in a block, by mode. */
  learningShare: share.default(0.1),
  collaborationShare: share.default(0.5),
  /** Below 1: what is held out keeps the comparison alive. */
  recommendationShare: share.default(0.95),
  /** Which evaluator's evidence counts. */
  evaluator: z.enum(EVALUATORS).default("paired"),
  /**
   * Share of the default's mean cost that its cost in a block counts as at least: where it costs next to nothing, a ratio to it says
   * nothing. At 1 blocks count by their cost.
   */
  leastShare: z.number().min(0).max(1).default(0.1),
  /**
   * Divides by the greater of both costs in the place of the default's: then better and worse are treated alike, as a test of the ladder
   * with nothing but noise needs.
   */
  symmetric: z.boolean().default(false),
  /** Blocks of evidence and of stay before a promotion out of learning and out of collaboration. */
  learningBlocks: blocks.default(32),
  collaborationBlocks: blocks.default(64),
  /** Probability of ever promoting a policy that is no better, over all attempts. */
  alpha: z.number().gt(0).lt(0.4).default(0.05),
  /** Advantage that must be certain for a promotion; share of the default's cost. */
  deltaUp: z.number().nonnegative().default(0.01),
  /** Demotion to learning when the advantage over the last `window` blocks is certainly below minus this. */
  deltaDown: z.number().nonnegative().default(0),
  window: blocks.default(64),
  /** No promotion out of collaboration while the advantage on a kind of workload is certainly below minus this. */
  deltaSlice: z.number().nonnegative().default(0.02),
  /** Emergency when the advantage is certainly below minus this. */
  deltaHard: z.number().positive().default(0.1),
  /** Blocks before that can be certain. */
  harmBlocks: blocks.default(4),
  /** Of the alarm that demotes, in standard deviations of the evidence that promoted. */
  cusumSlack: z.number().nonnegative().default(0.25),
  cusumThreshold: z.number().positive().default(8),
  /** Load at which emergency begins, and below which a block counts as clear. */
  highWater: share.default(0.95),
  lowWater: share.default(0.8),
  /** Clear blocks in a row before emergency ends. */
  clearBlocks: blocks.default(4),
  /** Blocks without promotion, or in emergency, after the agent failed; doubles each time up to the most. */
  cooldownBlocks: blocks.default(32),
  cooldownMost: blocks.default(1024),
  /** Recommendations in a row that were invalid or not there, at which emergency begins. */
  maxInvalid: blocks.default(3),
  /** Share of recommendations that may be invalid for a promotion. */
  invalidShare: share.default(0.01),
  /** Emergency when a block in which the agent decides costs this many times what 99 % of the default's blocks do not exceed. */
  objectiveRatio: z.number().gt(1).default(2),
  /** Blocks of the default before that is judged. */
  objectiveBlocks: blocks.default(64),
  /**
   * With paired evidence: blocks played in copies before the agent may decide in a live one in learning mode; it may as long as it
   * looks no worse than the default on them.
   */
  shadowBlocks: z.int().nonnegative().default(8),
  /**
   * What the agent's live blocks may have lost in all, share of what the default would have cost in all. Above it there is no live block
   * in learning mode, and the modes above end. With switchback evidence, which does not know losses: of the estimated ones.
   */
  lossBudget: z.number().positive().default(0.005),
  /** Of the coins. */
  seed: z.int().nonnegative().default(0),
});

/** Settings of the ladder, all of them set. */
export type LadderOptions = z.infer<typeof ladderOptionsSchema>;
