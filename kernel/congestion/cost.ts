import { Largest } from "./largest.ts";

/** What a base round trip of standing queue weighs against the tail. Source: choice; .1 and .5 are reported beside it. */
export const QUEUE_WEIGHT = 0.25;

/** Share of the messages, the slowest, that are the tail. Source: choice. */
export const TAIL_SHARE = 0.05;

/** What not being done when the run is stopped makes of a slowdown. Source: choice. */
export const UNFINISHED = 2;

/** Messages that are the tail of `messages`: at least one. */
export function tailCount(messages: number): number {
  return Math.max(1, Math.ceil(TAIL_SHARE * messages));
}

/** What no policy can go below, see `leastSlowdown`. */
export interface LeastSlowdown {
  /** For the mean of the worst slowdowns; for collectives the shortest makespan, ns. */
  readonly tail: number;
  /** For the worst slowdown; for collectives the same as `tail`. */
  readonly worst: number;
}

/**
 * The cost of a run: J = ln(T) + w ln(1 + Q).
 *
 * T: mean slowdown of the slowest `TAIL_SHARE` of all messages and requests, over the least that any policy can reach. Where
 * only the time until all are done counts: that time, over the least.
 *
 * Q: time in queues of all switches on the way, over the base round trip of the queue pair, both averaged over bytes. An average
 * over time would fall by sending less.
 *
 * What is not done when the run is stopped counts as `UNFINISHED` times the greater of its slowdown by then and the least worst
 * one; of a makespan, the run's length and the least.
 *
 * No policy has J < 0, as Q >= 0 and T >= 1. For T: let `x` be the least that the j-th worst slowdown can be. Had the run gone on
 * until all was done, at least j slowdowns would be `x` or more. Those of messages that were done are counted as they are; the
 * others count more than the least worst slowdown, and so more than `x`. So the j-th worst that is counted is at least `x`,
 * for every j of the tail, and the mean at least the mean of the least.
 */
export class CostLedger {
  /** `[messages]` slowdown of each message and request that is done, 0 of others. Requests come after messages. */
  readonly slowdowns: Float64Array;
  /** Messages and requests that are done. */
  finished = 0;
  /** When the last of them was done, ns. */
  lastFinish = 0;

  readonly #least: LeastSlowdown;
  readonly #makespan: boolean;
  /** The slowest so far; a message that is not done counts as 1 until the end. */
  #worst: Largest;
  /** Of a makespan: the time that counts, ns. */
  #duration = 0;
  #bytes = 0;
  #waited = 0;
  #bases = 0;

  /**
   * @param messages and requests together
   * @param makespan whether only the time until all are done counts
   */
  constructor(messages: number, makespan: boolean, least: LeastSlowdown) {
    this.slowdowns = new Float64Array(messages);
    this.#least = least;
    this.#makespan = makespan;
    this.#worst = new Largest(tailCount(messages), 1);
  }

  /** Message `index` is done at `now`: its time over its ideal time. */
  finish(index: number, slowdown: number, now: number): void {
    this.slowdowns[index] = slowdown;
    this.finished++;
    this.lastFinish = now;
    this.#duration = Math.max(this.#duration, now);
    this.#worst.add(slowdown);
  }

  /**
   * The run was stopped at `now`, and a message was not done.
   *
   * @param slowdown by then: the time since its release over its ideal time; 0 when it was not released
   */
  abandon(slowdown: number, now: number): void {
    this.#duration = Math.max(this.#duration, UNFINISHED * Math.max(now, this.#least.tail));
    this.#worst.add(UNFINISHED * Math.max(slowdown, this.#least.worst));
  }

  /** Payload has left a switch after so long in its queue, ns. To be called for every switch on its way. */
  wait(bytes: number, ns: number): void {
    this.#waited += bytes * ns;
  }

  /** Payload has been acknowledged, of a queue pair whose base round trip is `base`, ns. */
  deliver(bytes: number, base: number): void {
    this.#bytes += bytes;
    this.#bases += bytes * base;
  }

  /** What no policy can go below. */
  get least(): LeastSlowdown {
    return this.#least;
  }

  /** T. While the run goes on, of what is done; never below 1. */
  get tail(): number {
    const reached = this.#makespan ? this.#duration : this.#worst.sum / this.#worst.size;
    return Math.max(1, reached / this.#least.tail);
  }

  /** Q of what was acknowledged so far. */
  get queue(): number {
    return this.#bases > 0 ? this.#waited / this.#bases : 0;
  }

  /** Payload acknowledged, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** J. While the run goes on, of what is done. */
  cost(weight: number): number {
    return Math.log(this.tail) + weight * Math.log1p(this.queue);
  }

  /** An exact copy. */
  fork(): CostLedger {
    const copy = new CostLedger(this.slowdowns.length, this.#makespan, this.#least);
    copy.slowdowns.set(this.slowdowns);
    copy.finished = this.finished;
    copy.lastFinish = this.lastFinish;
    copy.#worst = this.#worst.fork();
    copy.#duration = this.#duration;
    copy.#bytes = this.#bytes;
    copy.#waited = this.#waited;
    copy.#bases = this.#bases;
    return copy;
  }
}
