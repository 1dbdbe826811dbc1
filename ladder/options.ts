import { z } from "zod";
import { EVALUATORS } from "./evaluators.ts";

const share = z.number().gt(0).lt(1);
const blocks = z.int().positive().max(100_000);

/**
 * Settings of the ladder. The RFC names 50 % for one share and says "some" and "mainly" for the others. All other
 * defaults were chosen by the false promotions and delays that they cause; `docs/ladder.md` has the measurement.
 */
export const ladderOptionsSchema = z.strictObject({
  /** Probability with which the policy decides in a block, by mode. */
  learningShare: share.default(0.1),
  collaborationShare: share.default(0.5),
  /** Below 1: the blocks that are held out keep the comparison alive. */
  recommendationShare: share.default(0.95),
  /** The evaluator whose evidence counts. */
  evaluator: z.enum(EVALUATORS).default("paired"),
  /**
   * Least yardstick, as a share of the default's mean cost: the default's cost in a block counts as at least this much.
   * A ratio to a cost near 0 says nothing. At 1, blocks count by their cost.
   */
  leastShare: z.number().min(0).max(1).default(0.1),
  /**
   * Divides by the greater of both costs instead of the default's. Then better and worse are treated alike, as a test
   * of the ladder with nothing but noise needs.
   */
  symmetric: z.boolean().default(false),
  /** Blocks of evidence, and of stay in the mode, before a promotion out of learning and out of collaboration. */
  learningBlocks: blocks.default(32),
  collaborationBlocks: blocks.default(64),
  /** Probability of ever promoting a policy that is no better, over all attempts. */
  alpha: z.number().gt(0).lt(0.4).default(0.05),
  /** Advantage that must be certain for a promotion, as a share of the default's cost. */
  deltaUp: z.number().nonnegative().default(0.01),
  /** Demotion to learning when the advantage over the last `window` blocks is certainly below minus this value. */
  deltaDown: z.number().nonnegative().default(0),
  window: blocks.default(64),
  /**
   * No promotion out of collaboration while the advantage on a kind of workload is certainly below minus this value.
   */
  deltaSlice: z.number().nonnegative().default(0.02),
  /** Emergency when the advantage is certainly below minus this value. */
  deltaHard: z.number().positive().default(0.1),
  /** Blocks before that can be certain. */
  harmBlocks: blocks.default(4),
  /** Slack and threshold of the alarm that demotes, in standard deviations of the evidence that promoted. */
  cusumSlack: z.number().nonnegative().default(0.25),
  cusumThreshold: z.number().positive().default(8),
  /** Load at which emergency begins, and load below which a block counts as clear. */
  highWater: share.default(0.95),
  lowWater: share.default(0.8),
  /** Clear blocks in a row before emergency ends. */
  clearBlocks: blocks.default(4),
  /**
   * Blocks without promotion, or in emergency, after the policy failed. The number doubles each time, up to
   * `cooldownMost`.
   */
  cooldownBlocks: blocks.default(32),
  cooldownMost: blocks.default(1024),
  /** Recommendations in a row that were invalid or missing, at which emergency begins. */
  maxInvalid: blocks.default(3),
  /** Largest share of invalid recommendations with which a promotion is possible. */
  invalidShare: share.default(0.01),
  /**
   * Emergency when a block in which the policy decides costs more than this many times the 99th percentile of the
   * default's blocks.
   */
  objectiveRatio: z.number().gt(1).default(2),
  /** Blocks of the default before that is judged. */
  objectiveBlocks: blocks.default(64),
  /**
   * With paired evidence: blocks that the policy plays in copies before it may decide in a live block in learning mode.
   * After that it may decide as long as it looks no worse than the default on them.
   */
  shadowBlocks: z.int().nonnegative().max(100_000).default(8),
  /**
   * Most that the policy's live blocks may have lost in all, as a share of what the default would have cost in all.
   * Above it, the policy decides in no live block in learning mode, and the modes above learning end. Switchback
   * evidence does not know losses, so there the estimated losses count.
   */
  lossBudget: z.number().positive().default(0.005),
  /** Seed of the coins. */
  seed: z.int().nonnegative().default(0),
});

/** Settings of the ladder with all values set. */
export type LadderOptions = z.infer<typeof ladderOptionsSchema>;
