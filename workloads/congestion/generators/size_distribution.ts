import type { RandomStream } from "../../../kernel/random.ts";

/** A size in bytes, and the percentage of all messages that are at most that large. */
export type SizePoint = readonly [bytes: number, percent: number];

/** Web search. Source: Alizadeh et al., DCTCP (SIGCOMM 2010), as tabulated in the traffic generator of HPCC. */
// biome-ignore format: a table
export const WEB_SEARCH: readonly SizePoint[] = [
  [0, 0], [10e3, 15], [20e3, 20], [30e3, 30], [50e3, 40], [80e3, 53],
  [200e3, 60], [1e6, 70], [2e6, 80], [5e6, 90], [10e6, 97], [30e6, 100],
];

/**
 * Largest web-search message in an episode, bytes. Source: choice. 17 % of all messages are larger; a few of them would
 * fill an episode, whatever its load.
 */
export const MOST_OF_WEB_SEARCH = 3e6;

/**
 * Hadoop at Facebook. Source: Roy et al., Inside the social network's network (SIGCOMM 2015), as tabulated in the
 * traffic generator of HPCC.
 */
// biome-ignore format: a table
export const HADOOP: readonly SizePoint[] = [
  [0, 0], [100, 1], [200, 2], [300, 5], [350, 15], [400, 20], [500, 30], [600, 40], [700, 50], [1000, 60],
  [2000, 67], [7000, 70], [30e3, 72], [50e3, 82], [80e3, 87], [120e3, 90], [300e3, 95], [1e6, 97.5], [2e6, 99],
  [10e6, 100],
];

/** Storage at Alibaba in 2019. Source: as tabulated in the traffic generator of HPCC. */
// biome-ignore format: a table
export const ALI_STORAGE: readonly SizePoint[] = [
  [0, 0], [4000, 22.93], [8000, 69.21], [16e3, 80.61], [32e3, 90.47], [64e3, 93.53], [128e3, 96.77], [256e3, 97.53],
  [2e6, 100],
];

/** Message sizes, drawn uniformly between the points of a table. */
export class SizeDistribution {
  /** Mean size after the cut at `most`, bytes. */
  readonly mean: number;
  readonly #points: readonly SizePoint[];
  readonly #most: number;

  /** @param most upper limit, bytes; larger messages are cut to it */
  constructor(points: readonly SizePoint[], most = Number.POSITIVE_INFINITY) {
    this.#points = points;
    this.#most = most;
    let mean = 0;
    for (let i = 1; i < points.length; i++) {
      const [least, below] = points[i - 1];
      const [greatest, percent] = points[i];
      mean += ((percent - below) / 100) * meanOfCut(least, greatest, most);
    }
    this.mean = mean;
  }

  /** Draws a size, a whole number of at least 1. */
  draw(random: RandomStream): number {
    const percent = 100 * random.next();
    const i = this.#points.findIndex(([, reached]) => reached > percent);
    const [least, below] = this.#points[i - 1];
    const [greatest, reached] = this.#points[i];
    const size = least + ((greatest - least) * (percent - below)) / (reached - below);
    return Math.max(1, Math.round(Math.min(this.#most, size)));
  }
}

/** Mean of min(`most`, x), where x is uniform between `least` and `greatest`. */
function meanOfCut(least: number, greatest: number, most: number): number {
  if (greatest <= most) return (least + greatest) / 2;
  if (least >= most) return most;
  const under = (most - least) / (greatest - least);
  return (under * (least + most)) / 2 + (1 - under) * most;
}
