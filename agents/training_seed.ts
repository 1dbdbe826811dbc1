import { SEED_RANGES } from "../gym/seeds.ts";
import { hash32, hashKey } from "../kernel/random.ts";

/** Derives an episode seed of the train split from the seed of the training, a purpose and an index. */
export function trainingSeed(seed: number, purpose: string, index: number): number {
  const [first, end] = SEED_RANGES.train;
  return first + (hash32(hashKey(seed, purpose), index, 0) % (end - first));
}
