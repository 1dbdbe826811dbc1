import { Largest } from "./largest.ts";

/**
 * Weight w of a base round trip of standing queue relative to the tail. Source: choice; results also report .1 and .5.
 */
export const QUEUE_WEIGHT = 0.25;

/** Share of the messages that form the tail, the slowest ones. Source: choice. */
const TAIL_SHARE = 0.05;

/** Factor on the slowdown of a message that is not finished when the run stops. Source: choice. */
export const UNFINISHED = 2;

/** Number of messages in the tail of `messages`, at least one. */
export function tailCount(messages: number): number {
  return Math.max(1, Math.ceil(TAIL_SHARE * messages));
}

/** Lower bounds that no policy can beat, see `leastSlowdown`. */
export interface LeastSlowdown {
  /** Bound on the mean of the worst slowdowns; for collectives on the makespan, ns. */
  readonly tail: number;
  /** Bound on the worst slowdown; for collectives the same as `tail`. */
  readonly worst: number;
}

/**
 * The cost of a run: J = ln(T) + w ln(1 + Q).
 *
 * T is the mean slowdown of the slowest `TAIL_SHARE` of all messages and requests, divided by the least that any policy
 * can reach. Where only the makespan counts, T is the makespan divided by the least makespan.
 *
 * Q is the time that a packet spends in the queues of all switches on its way, divided by the base round trip of its
 * queue pair. Both are averaged over bytes. An average over time would fall by sending less.
 *
 * A message that is not finished when the run stops counts as `UNFINISHED` times the greater of its slowdown by then
 * and the least worst slowdown. A makespan that is not reached counts as `UNFINISHED` times the greater of the run's
 * length and the least makespan.
 *
 * No policy has J < 0, because Q >= 0 and T >= 1. Proof of T >= 1: let `x` be the least possible j-th worst slowdown.
 * If the run went on until all messages were finished, at least j slowdowns would be `x` or more. Finished messages
 * count with their slowdown; unfinished ones count more than the least worst slowdown, and so more than `x`. So the
 * j-th worst counted slowdown is at least `x` for every j of the tail, and their mean is at least the mean of the
 * bounds.
 */
export class CostLedger {
  /** `[messages]` slowdown of each finished message and request, 0 of others. Requests come after messages. */
  readonly slowdowns: Float64Array;
  /** Number of finished messages and requests. */
  finished = 0;
  /** Time at which the last of them finished, ns. */
  lastFinish = 0;

  readonly #least: LeastSlowdown;
  readonly #makespan: boolean;
  /** The slowest messages so far. An unfinished message counts as 1 until the end of the run. */
  #worst: Largest;
  /** The makespan that counts, ns; only for collectives. */
  #duration = 0;
  #bytes = 0;
  #waited = 0;
  #bases = 0;

  /**
   * @param messages number of messages and requests together
   * @param makespan whether only the makespan counts
   */
  constructor(messages: number, makespan: boolean, least: LeastSlowdown) {
    this.slowdowns = new Float64Array(messages);
    this.#least = least;
    this.#makespan = makespan;
    this.#worst = new Largest(tailCount(messages), 1);
  }

  /** Records that message `index` finishes at `now`. `slowdown` is its time divided by its ideal time. */
  finish(index: number, slowdown: number, now: number): void {
    this.slowdowns[index] = slowdown;
    this.finished++;
    this.lastFinish = now;
    this.#duration = Math.max(this.#duration, now);
    this.#worst.add(slowdown);
  }

  /**
   * Records a message that is not finished when the run stops at `now`.
   *
   * @param slowdown so far: the time since its release divided by its ideal time; 0 when it was not released
   */
  abandon(slowdown: number, now: number): void {
    this.#duration = Math.max(this.#duration, UNFINISHED * Math.max(now, this.#least.tail));
    this.#worst.add(UNFINISHED * Math.max(slowdown, this.#least.worst));
  }

  /** Records that `bytes` of payload left a switch after `ns` in its queue. Call it for every switch on the way. */
  wait(bytes: number, ns: number): void {
    this.#waited += bytes * ns;
  }

  /** Records that `bytes` of payload were acknowledged on a queue pair with base round trip `base`, ns. */
  deliver(bytes: number, base: number): void {
    this.#bytes += bytes;
    this.#bases += bytes * base;
  }

  /** The lower bounds that no policy can beat. */
  get least(): LeastSlowdown {
    return this.#least;
  }

  /** T, at least 1. During the run it covers the finished messages. */
  get tail(): number {
    const reached = this.#makespan ? this.#duration : this.#worst.sum / this.#worst.size;
    return Math.max(1, reached / this.#least.tail);
  }

  /** Q of the bytes acknowledged so far. */
  get queue(): number {
    return this.#bases > 0 ? this.#waited / this.#bases : 0;
  }

  /** Acknowledged payload, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** J at queue weight `weight`. During the run it covers the finished messages. */
  cost(weight: number): number {
    return Math.log(this.tail) + weight * Math.log1p(this.queue);
  }

  /** Returns an exact copy. */
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
