/// <reference path="./seedrandom_alea.d.ts" />
import type seedrandom from "seedrandom";
// The index of seedrandom also loads six other generators and node:crypto.
import alea from "seedrandom/lib/alea.js";

/** State of a stream, as plain data. */
export interface RandomState {
  c: number;
  s0: number;
  s1: number;
  s2: number;
}

/**
 * A deterministic stream of random numbers for one purpose.
 *
 * A stream is made from (seed, purpose, index). Streams never share state, so more draws for one purpose cannot shift
 * the numbers that another purpose sees. The generator is seedrandom's Alea, whose state can be copied.
 */
export interface RandomStream {
  /** A number in [0, 1), 32 bits of resolution. */
  next(): number;
  /** A whole number in [0, bound). `bound` is a positive integer up to 2^32. */
  integer(bound: number): number;
  /** A number in [low, high). */
  uniform(low: number, high: number): number;
  /**
   * A draw from the normal distribution with mean 0 and variance 1. Box-Muller gives a pair; this uses one number of
   * it.
   */
  normal(): number;
  /** A draw from the exponential distribution with mean 1. */
  exponential(): number;
  /** An independent copy that produces the same numbers from here on. */
  fork(): RandomStream;
  /** The generator's state: plain data that `restoreStream` accepts. */
  state(): RandomState;
}

class AleaStream implements RandomStream {
  readonly #generator: seedrandom.StatefulPRNG<seedrandom.State.Alea>;

  constructor(generator: seedrandom.StatefulPRNG<seedrandom.State.Alea>) {
    this.#generator = generator;
  }

  next(): number {
    return this.#generator();
  }

  integer(bound: number): number {
    return Math.floor(this.#generator() * bound);
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.#generator();
  }

  normal(): number {
    // 1 - u keeps the argument of the logarithm above 0.
    return Math.sqrt(-2 * Math.log(1 - this.#generator())) * Math.cos(2 * Math.PI * this.#generator());
  }

  exponential(): number {
    return -Math.log(1 - this.#generator());
  }

  fork(): RandomStream {
    return restoreStream(this.state());
  }

  state(): RandomState {
    return this.#generator.state();
  }
}

/**
 * Creates the stream of one purpose.
 *
 * @param seed the user's seed, a non-negative safe integer
 * @param purpose what the numbers are for, e.g. `"tiering/workload"`
 * @param index which of several streams for that purpose, e.g. the episode
 */
export function randomStream(seed: number, purpose: string, index = 0): RandomStream {
  assertSeed(seed);
  return new AleaStream(alea(`${seed}/${purpose}/${index}`, { state: true }));
}

/** Creates a stream that continues from a state that `RandomStream.state` returned. */
export function restoreStream(state: RandomState): RandomStream {
  return new AleaStream(alea("", { state }));
}

/** Throws a RangeError unless `seed` is a non-negative safe integer. */
export function assertSeed(seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed must be a whole number from 0 to 2^53 - 1, got ${seed}`);
  }
}

/** Returns a 32-bit key for `hashUniform`, made from a seed and a purpose (FNV-1a over the text, then a final mix). */
export function hashKey(seed: number, purpose: string): number {
  const text = `${seed}/${purpose}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return mix(hash);
}

/**
 * Returns a number in [0, 1) that depends only on (key, a, b). Randomness comes from indices instead of from call
 * order, so two policies get the same draws even if one asks in another order or not at all. `a` and `b` are 32-bit
 * integers.
 */
export function hashUniform(key: number, a: number, b: number): number {
  return hash32(key, a, b) / 4294967296;
}

/** Returns the 32 unsigned bits behind `hashUniform`. */
export function hash32(key: number, a: number, b: number): number {
  return hashNext(hashFirst(key, a), b);
}

/** Computes the part of `hash32` that depends on the key and the first index. Loops over the second index use it. */
export function hashFirst(key: number, a: number): number {
  return mix(key ^ Math.imul(a, 0x9e3779b1));
}

/** Computes `hash32(key, a, b)` from `hashFirst(key, a)`. */
export function hashNext(first: number, b: number): number {
  return mix(first ^ Math.imul(b, 0x85ebca77)) >>> 0;
}

/** The 32-bit finaliser of MurmurHash3 (public domain constants): every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
