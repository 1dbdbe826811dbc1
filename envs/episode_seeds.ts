import type { EnvContext } from "../gym/env_context.ts";
import { type RandomStream, randomStream } from "../kernel/random.ts";
import { firstSeed } from "./choose_workload.ts";

/**
 * Which episode of which seed an environment plays. A seed starts at its episode 0; a reset without a seed starts the
 * next.
 */
export class EpisodeSeeds {
  readonly #context: EnvContext;
  seed: number;
  /** -1 before the first reset. */
  episode = -1;

  constructor(context: EnvContext) {
    this.#context = context;
    this.seed = firstSeed(context);
  }

  /**
   * Starts the episode of a reset.
   *
   * @throws SplitError or RangeError on a seed that is not allowed
   */
  begin(seed: number | undefined): void {
    if (seed === undefined) {
      this.episode++;
      return;
    }
    this.#context.checkSeed(seed);
    this.seed = seed;
    this.episode = 0;
  }

  /**
   * A number that grows by 1 with the seed and with the episode. Episodes take some of their conditions in turn by it.
   */
  get turn(): number {
    return this.seed + this.episode;
  }

  /** The random stream of this episode for one purpose. */
  stream(purpose: string): RandomStream {
    return randomStream(this.seed, purpose, this.episode);
  }

  /** Takes over the state of `other`. */
  copyFrom({ seed, episode }: EpisodeSeeds): void {
    this.seed = seed;
    this.episode = episode;
  }
}
