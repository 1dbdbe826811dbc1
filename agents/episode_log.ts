/** The means are over this many last episodes, as in the reports of CleanRL and Stable-Baselines3. */
const WINDOW = 100;

/** Collects returns and lengths of the episodes that several environments play. */
export class EpisodeLog {
  /** Episodes finished so far. */
  finished = 0;
  readonly #returns: number[] = [];
  readonly #lengths: number[] = [];
  readonly #runningReturn: Float64Array;
  readonly #runningLength: Int32Array;

  constructor(numEnvs: number) {
    this.#runningReturn = new Float64Array(numEnvs);
    this.#runningLength = new Int32Array(numEnvs);
  }

  /** Counts one step of an environment. With several rows, `reward` is their mean. */
  step(env: number, reward: number, ended: boolean): void {
    this.#runningReturn[env] += reward;
    this.#runningLength[env] += 1;
    if (ended) {
      this.finished += 1;
      this.#returns.push(this.#runningReturn[env]);
      this.#lengths.push(this.#runningLength[env]);
      this.#returns.splice(0, this.#returns.length - WINDOW);
      this.#lengths.splice(0, this.#lengths.length - WINDOW);
      this.#runningReturn[env] = 0;
      this.#runningLength[env] = 0;
    }
  }

  /** Mean return of the last 100 finished episodes, null before the first. */
  get meanReturn(): number | null {
    return mean(this.#returns);
  }

  /** Mean length of the last 100 finished episodes in steps, null before the first. */
  get meanLength(): number | null {
    return mean(this.#lengths);
  }

  /** A copy of the statistics of finished episodes. */
  state(): { finished: number; returns: number[]; lengths: number[] } {
    return { finished: this.finished, returns: [...this.#returns], lengths: [...this.#lengths] };
  }

  /** Continues from a state. Episodes that were running are dropped. */
  restore(state: { finished: number; returns: readonly number[]; lengths: readonly number[] }): void {
    this.finished = state.finished;
    this.#returns.splice(0, Infinity, ...state.returns);
    this.#lengths.splice(0, Infinity, ...state.lengths);
    this.#runningReturn.fill(0);
    this.#runningLength.fill(0);
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
