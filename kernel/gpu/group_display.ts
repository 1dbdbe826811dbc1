import type { GpuArchitecture } from "./architecture.ts";
import { slackNs } from "./cost.ts";
import type { Groups } from "./groups.ts";
import type { GpuView } from "./view.ts";
import { declaredNs } from "./workload.ts";

/** Marks that no request has been shown. It differs from -1, which stands for an empty queue. */
const NOTHING_SHOWN = -2;

/** Writes the state of each group's oldest launched request into a view. */
export class GroupDisplay {
  readonly #view: GpuView;
  readonly #groups: Groups;
  readonly #architecture: GpuArchitecture;
  /**
   * `[groups]` the request and progress for which the view shows a kernel. The view stays valid while both are the
   * same.
   */
  readonly #shownRequest: Int32Array;
  readonly #shownProgress: Float64Array;

  constructor(view: GpuView, groups: Groups, architecture: GpuArchitecture) {
    this.#view = view;
    this.#groups = groups;
    this.#architecture = architecture;
    this.#shownRequest = new Int32Array(groups.count).fill(NOTHING_SHOWN);
    this.#shownProgress = new Float64Array(groups.count);
  }

  /** Shows what the host knows of a group's oldest launched request. Call it when that request changes. */
  showHead(g: number): void {
    const view = this.#view;
    const groups = this.#groups;
    if (groups.queued[g] === 0) {
      view.headArrival[g] = Number.POSITIVE_INFINITY;
      view.headDeadline[g] = Number.POSITIVE_INFINITY;
      view.headExpectedNs[g] = 0;
      return;
    }
    const spec = groups.specs[g];
    const index = groups.completed[g];
    const arrival = groups.arrivalOf(g, index);
    const expected = declaredNs(spec, index);
    view.headArrival[g] = arrival;
    view.headExpectedNs[g] = expected;
    if (!spec.critical) return;
    view.headDeadline[g] = arrival + spec.prepNs + expected + slackNs(spec, expected, this.#architecture);
  }

  /** Shows the progress of that request, and the kernel that runs or comes next. */
  showKernel(g: number): void {
    const view = this.#view;
    const groups = this.#groups;
    const request = groups.queued[g] > 0 ? groups.completed[g] : -1;
    if (request === this.#shownRequest[g] && groups.progress[g] === this.#shownProgress[g]) return;
    this.#shownRequest[g] = request;
    this.#shownProgress[g] = groups.progress[g];
    if (request < 0) {
      view.headServedNs[g] = 0;
      view.kernelElapsedNs[g] = 0;
      view.nextKernelNs[g] = 0;
      view.nextOccupancy[g] = 0;
      view.nextLimit[g] = -1;
      return;
    }
    const { sequence } = groups.specs[g];
    const kernel = groups.kernelAt(g);
    view.headServedNs[g] = groups.progress[g] * groups.useful[g];
    view.kernelElapsedNs[g] = groups.progress[g] - groups.kernelStart(g, kernel);
    view.nextKernelNs[g] = sequence.durations[kernel];
    view.nextOccupancy[g] = sequence.occupancy[kernel];
    view.nextLimit[g] = sequence.limit[kernel];
  }
}
