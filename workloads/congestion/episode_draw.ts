import { type RandomStream, randomStream } from "../../kernel/random.ts";
import type { CongestionOpenOptions } from "./catalog_entry.ts";

/** Least and greatest value of a draw; both are possible. */
export type Range = readonly [least: number, greatest: number];

/** Most senders that can be requested; packets are counted for at most this many flows. Source: choice. */
const MOST_SENDERS = 1024;

/** Largest message that can be requested, bytes. Source: choice. */
const MOST_BYTES = 1e10;

/** Longest time span of message starts that can be requested, ns. Source: choice, 10 s. */
const MOST_DURATION_NS = 1e10;

/**
 * The drawn numbers of one episode. Each number has its own stream, keyed by seed, workload and purpose, so that fixing
 * one number changes no other.
 */
export class EpisodeDraw {
  readonly name: string;
  /** Rate of hosts' links, Gb/s. */
  readonly gbps: number;
  /** Propagation delay of a link, ns. */
  readonly delayNs: number;
  readonly #seed: number;
  readonly #options: CongestionOpenOptions;

  /** Throws a RangeError for an option value that is not allowed. */
  constructor(name: string, seed: number, usual: { gbps: number; delayNs: number }, options: CongestionOpenOptions) {
    this.name = name;
    this.gbps = options.gbps ?? usual.gbps;
    this.delayNs = options.delayNs ?? usual.delayNs;
    this.#seed = seed;
    this.#options = options;
    assertWhole(name, "bytes", options.bytes, [1, MOST_BYTES]);
    assertWhole(name, "durationNs", options.durationNs, [1, MOST_DURATION_NS]);
    if (options.load !== undefined && !(options.load > 0 && options.load <= 1)) {
      throw new RangeError(`${name}: load must be above 0 and at most 1, got ${options.load}`);
    }
  }

  /** A stream of random numbers for one purpose. */
  stream(purpose: string, index = 0): RandomStream {
    return randomStream(this.#seed, `congestion/${this.name}/${purpose}`, index);
  }

  /**
   * The number of senders: fixed by the option, else drawn log-uniformly from `range`. Throws a RangeError if the fixed
   * number is not in `allowed`.
   */
  senders(range: Range, allowed: Range = [1, MOST_SENDERS]): number {
    assertWhole(this.name, "senders", this.#options.senders, allowed);
    return this.#options.senders ?? this.logarithmic("senders", range);
  }

  /**
   * Bytes of a message: fixed by the option, else drawn log-uniformly. The draw stays within `range` and, if possible,
   * keeps the sum of `count` such messages within `total`; otherwise it comes as close to `total` as `range` permits.
   */
  bytes(range: Range, total: Range = [0, Number.POSITIVE_INFINITY], count = 1): number {
    const greatest = Math.floor(Math.min(range[1], total[1] / count));
    const least = Math.min(greatest, Math.ceil(Math.max(range[0], total[0] / count)));
    return this.#options.bytes ?? this.logarithmic("bytes", [least, greatest]);
  }

  /** The load: fixed by the option, else drawn uniformly. */
  load(range: Range): number {
    return this.#options.load ?? this.even("load", range);
  }

  /** Time span in which messages start, ns: fixed by the option, else `usual`. */
  durationNs(usual: number): number {
    return this.#options.durationNs ?? Math.round(usual);
  }

  /** A number, drawn uniformly. */
  even(purpose: string, [least, greatest]: Range): number {
    return this.stream(purpose).uniform(least, greatest);
  }

  /** A whole number, drawn uniformly. */
  whole(purpose: string, [least, greatest]: Range): number {
    return least + this.stream(purpose).integer(greatest - least + 1);
  }

  /** A whole number, drawn log-uniformly. */
  logarithmic(purpose: string, range: Range): number {
    return drawLogarithmic(range, this.stream(purpose));
  }
}

/** A whole number, drawn log-uniformly. */
export function drawLogarithmic([least, greatest]: Range, random: RandomStream): number {
  return Math.round(least * (greatest / least) ** random.next());
}

function assertWhole(name: string, what: string, value: number | undefined, [least, most]: Range): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
  throw new RangeError(`${name}: ${what} must be a whole number from ${least} to ${most}, got ${value}`);
}
