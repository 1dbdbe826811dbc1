import { createHash } from "node:crypto";
import { play, resetFrame } from "../../gym/check/frame.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { randomStream } from "../../kernel/random.ts";

const SEEDS = [0, 1, 2];
const STEPS = 100;

/** SHA-256 over observations, rewards and flags of 100 random steps from each of three seeds. */
export function trajectoryHash(env: AnyEnv): string {
  const hash = createHash("sha256");
  for (const seed of SEEDS) {
    const frames = [resetFrame(env, { seed }), ...play(env, randomStream(seed, "golden/actions"), STEPS)];
    for (const { observation, rewards, terminated, truncated } of frames) {
      hash
        .update(observation)
        .update(rewards)
        .update(Uint8Array.of(Number(terminated), Number(truncated)));
    }
  }
  return hash.digest("hex");
}
