import type { TurnOrder, WaitingJobs } from "./job_turns.ts";

/** Priorities, and the speed of virtual time at each as a power of two. Source: sched_rq.c, vruntime_shift. */
const HIGH = { level: 1, speed: 2 ** 2 };
const LOW = { level: 3, speed: 2 ** 7 };

/** Weight of a new job in the average duration. Source: gpu_scheduler.h, DECLARE_EWMA(drm_sched_avgtime, 6, 4). */
const AVERAGE_WEIGHT = 1 / 4;

/**
 * Order of the DRM scheduler's fair policy. The virtual time of a group grows by the time that its jobs took, times the
 * speed of its priority. A group whose jobs are all taken keeps its distance from the first group in the queue, and
 * comes back at that distance. Critical groups have priority HIGH, the others LOW: choice, what clients can be given
 * and what they can ask for. Source: drivers/gpu/drm/scheduler/sched_rq.c, Linux mainline.
 */
export class VruntimeOrder implements TurnOrder {
  /** `[groups]` virtual time while the group waits, otherwise its distance from the first group, ns. */
  readonly vruntime: Float64Array;
  readonly #critical: Uint8Array;
  /** Time of each group's jobs that is not in its virtual time yet, ns. */
  readonly #unaccounted: Float64Array;
  /** Moving averages of the length of jobs, us, by group and over all groups; 0 before the first job. */
  readonly #averageUs: Float64Array;
  #averageOfAllUs = 0;

  constructor(critical: Uint8Array) {
    this.#critical = critical;
    this.vruntime = new Float64Array(critical.length);
    this.#unaccounted = new Float64Array(critical.length);
    this.#averageUs = new Float64Array(critical.length);
  }

  pick({ count }: WaitingJobs): number {
    return this.#first(count, -1);
  }

  joined(group: number, { count }: WaitingJobs): void {
    if (count[group] > 1) return;
    const first = this.#first(count, group);
    if (this.vruntime[group] === 0 && first >= 0) this.vruntime[group] = this.#rejoin(group, first);
    if (first >= 0) this.vruntime[group] += this.vruntime[first];
  }

  left(group: number, { count }: WaitingJobs): void {
    if (count[group] > 0) {
      this.vruntime[group] += this.#unaccounted[group] * this.#priority(group).speed;
      this.#unaccounted[group] = 0;
      return;
    }
    const first = this.#first(count, group);
    const least = first >= 0 ? this.vruntime[first] : 0;
    this.vruntime[group] = least !== 0 ? Math.max(0, this.vruntime[group] - least) : 0;
  }

  done(group: number, ns: number): void {
    this.#unaccounted[group] += ns;
    const us = ns / 1000;
    this.#averageUs[group] = average(this.#averageUs[group], us);
    this.#averageOfAllUs = average(this.#averageOfAllUs, us);
  }

  /** Distance from the first group, for a group that was the first itself when it left. */
  #rejoin(group: number, first: number): number {
    const { level, speed } = this.#priority(group);
    const firstLevel = this.#priority(first).level;
    if (level > firstLevel) return (1 + this.#averageUs[group] + this.#averageOfAllUs) * 1000 * speed;
    if (level < firstLevel) return level - firstLevel;
    return this.#averageUs[group] <= this.#averageOfAllUs ? -1 : 1;
  }

  /** The group with the least virtual time among those that wait, without `except`; -1 for none. */
  #first(count: Int32Array, except: number): number {
    let first = -1;
    for (let g = 0; g < count.length; g++) {
      if (g === except || count[g] === 0) continue;
      if (first < 0 || this.vruntime[g] < this.vruntime[first]) first = g;
    }
    return first;
  }

  #priority(group: number): typeof HIGH {
    return this.#critical[group] === 1 ? HIGH : LOW;
  }
}

function average(before: number, now: number): number {
  return before === 0 ? now : before + AVERAGE_WEIGHT * (now - before);
}
