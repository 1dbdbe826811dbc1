import type { EnvContext } from "../gym/env_context.ts";
import { type RandomStream, randomStream } from "../kernel/random.ts";
import { firstSeed } from "./choose_workload.ts";

/** Which episode of which seed an environment plays: a seed begins at its first episode, without one the next follows. */
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
   * A reset, with a seed or without.
   *
   * @throws SplitError or RangeError for a seed that may not be used
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

  /** A number that grows by one with seed and with episode: whose turn it is where conditions take turns. */
  get turn(): number {
    return this.seed + this.episode;
  }

  /** What the episode draws for one purpose. */
  stream(purpose: string): RandomStream {
    return randomStream(this.seed, purpose, this.episode);
  }

  /** Becomes what `other` is. */
  copyFrom({ seed, episode }: EpisodeSeeds): void {
    this.seed = seed;
    this.episode = episode;
  }
}
