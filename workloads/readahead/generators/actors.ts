import type { RandomStream } from "../../../kernel/random.ts";
import { shuffled } from "../../shuffled.ts";
import type { AccessBuilder } from "./access_builder.ts";
import type { ThreadBuilder } from "./thread_builder.ts";
import { zipfRank } from "./zipf_rank.ts";

/** An endless loop of a program; each call makes one access. */
export type Actor = (thread: ThreadBuilder) => void;

/** The pages of an actor. */
export interface Range {
  readonly start: number;
  readonly pages: number;
}

/** Maps `count` regions and writes each once. Their sizes are drawn from 0.5 to 1.5 times `pages / count`. */
export function filledRegions(builder: AccessBuilder, thread: ThreadBuilder, count: number, pages: number): Range[] {
  const weights = Array.from({ length: count }, () => builder.random.uniform(0.5, 1.5));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => {
    const range = { start: 0, pages: Math.max(16, Math.floor((pages * weight) / sum)) };
    range.start = builder.region(range.pages);
    fill(builder, thread, range);
    return range;
  });
}

/** Writes every page of `range` once, in order, with 400 ns per page. */
export function fill(builder: AccessBuilder, thread: ThreadBuilder, { start, pages }: Range): void {
  const site = builder.site();
  for (let i = 0; i < pages; i++) thread.touch(start + i, site, true, 400);
}

/** Scans from end to end; one scan in four covers only a part. */
export function scan(builder: AccessBuilder, range: Range, direction: 1 | -1, writes: boolean, ns: number): Actor {
  const { random } = builder;
  const site = builder.site();
  const { start, pages } = range;
  let at = 0;
  let end = 0;
  return (thread) => {
    if (at >= end) {
      const whole = random.next() < 0.75;
      at = whole ? 0 : random.integer(pages >> 1);
      end = whole ? pages : at + 1 + random.integer(pages - at);
    }
    thread.touch(direction > 0 ? start + at : start + pages - 1 - at, site, writes, ns);
    at++;
  };
}

/**
 * Walks with a stride, `repeats` times from one offset, then from the next offset. This visits the columns of a matrix
 * with rows of `stride` pages.
 */
export function walk(
  builder: AccessBuilder,
  { start, pages }: Range,
  stride: number,
  repeats: number,
  writes: boolean,
  ns: number,
): Actor {
  const site = builder.site();
  let offset = 0;
  let at = 0;
  let repeat = 0;
  return (thread) => {
    if (at >= pages) {
      if (++repeat === repeats) {
        repeat = 0;
        offset = (offset + 1) % stride;
      }
      at = offset;
    }
    thread.touch(start + at, site, writes, ns);
    at += stride;
  };
}

/**
 * Looks up records at random places: Zipf with `exponent` over shuffled pages (0: uniform). In half of the seeds, some
 * records have two pages.
 */
export function lookups(
  builder: AccessBuilder,
  { start, pages }: Range,
  exponent: number,
  writes: number,
  ns: number,
): Actor {
  const { random } = builder;
  const site = builder.sites(2);
  const order = shuffled(pages, random);
  const long = random.next() < 0.5 ? 0.3 : 0;
  let next = -1;
  return (thread) => {
    if (next >= 0) {
      thread.touch(start + next, site + 1, false, ns);
      next = -1;
      return;
    }
    const page = order[exponent === 0 ? random.integer(pages) : zipfRank(random.next(), pages, exponent)];
    thread.touch(start + page, site, random.next() < writes, ns);
    if (page + 1 < pages && random.next() < long) next = page + 1;
  };
}

/**
 * Follows one cycle through all pages. Each round is the same, except for a share of `noise` pages that are skipped.
 */
export function chase(builder: AccessBuilder, { start, pages }: Range, noise: number, ns: number): Actor {
  const { random } = builder;
  const site = builder.site();
  const order = shuffled(pages, random);
  let at = 0;
  return (thread) => {
    while (random.next() < noise) at++;
    thread.touch(start + order[at % pages], site, false, ns);
    at++;
  };
}

/** Runs actors in turns of `burst` steps on average, until the thread has kept `accesses` accesses or is full. */
export function interleave(
  thread: ThreadBuilder,
  actors: readonly Actor[],
  burst: number,
  random: RandomStream,
  accesses = Number.POSITIVE_INFINITY,
): void {
  while (!thread.full && thread.length < accesses) {
    const actor = actors[random.integer(actors.length)];
    const steps = burst === 1 ? 1 : Math.ceil(random.exponential() * burst);
    for (let i = 0; i < steps; i++) actor(thread);
  }
}

/** Draws a burst length from 1 to 64, log-uniformly. */
export function drawBurst(random: RandomStream): number {
  return Math.floor(64 ** random.next());
}
