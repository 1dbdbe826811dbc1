import type { EnvContext } from "../../gym/env_context.ts";
import { ReadaheadEnv } from "./readahead.ts";
import { READAHEAD_SYNC_DEVICES } from "./registration.ts";

/**
 * # ring0/ReadaheadSync-v1
 *
 * ## Description
 *
 * `ring0/Readahead-v1` on compressed memory: zram with lz4, lzo-rle or zstd, or zswap. The faulting thread itself
 * decompresses every page before it goes on, also the pages read ahead, and compresses the pages that it pushes out.
 * There is no bus, and there are no other tenants. So readahead saves only the fixed cost of faults, and a wrong page
 * costs its whole decompression.
 *
 * A stock kernel reads nothing ahead on such devices. So the default, 0 of the score, is `none`; other policies do what
 * a kernel with readahead on such devices would do. zswap checks that a policy can leave well alone: a hit on a page
 * read ahead (1.08 us) costs more than the fault it saves (0.8 us besides the decompression). So no page is worth
 * reading, and the best policy loses no more than the charge for deciding.
 *
 * There is one decision at every major fault, and one at the first use of a marked page, as in `ring0/Readahead-v1`.
 *
 * ## Action Space
 *
 * `Discrete(22)`: page sets, the same as in `ring0/Readahead-v1`, with the same mask. Action 1 is for devices on which
 * readahead gains nothing: it is charged once for 65 decision points.
 *
 * | Num | Action | Reads |
 * |-----|--------|-------|
 * | 0 | none | nothing |
 * | 1 | none, and for 64 decision points | nothing, nor at the next 64 decision points |
 * | 2 | stock VMA window | what Linux's readahead by VMA would, up to 8 pages |
 * | 3 | vma 2 | window of 2 pages of the VMA |
 * | 4 | vma 4 | window of 4 pages of the VMA |
 * | 5 | vma 8 | window of 8 pages of the VMA |
 * | 6 | vma 16 | window of 16 pages of the VMA |
 * | 7 | vma 32 | window of 32 pages of the VMA |
 * | 8 | cluster 8 | aligned block of 8 swap slots |
 * | 9 | cluster 16 | aligned block of 16 swap slots |
 * | 10 | stride 4 | 4 steps of the thread's stride |
 * | 11 | stride 8 | 8 steps of the thread's stride |
 * | 12 | stride 16 | 16 steps of the thread's stride |
 * | 13 | pc-stride 4 | 4 steps of the instruction's stride |
 * | 14 | pc-stride 8 | 8 steps of the instruction's stride |
 * | 15 | pc-stride 16 | 16 steps of the instruction's stride |
 * | 16 | replay 4 | up to 4 pages that followed this page last time |
 * | 17 | replay 8 | up to 8 pages that followed this page last time |
 * | 18 | replay 16 | up to 16 pages that followed this page last time |
 * | 19 | replay 32 | up to 32 pages that followed this page last time |
 * | 20 | pc-replay 8 | up to 8 pages that followed this instruction last time |
 * | 21 | pc-replay 16 | up to 16 pages that followed this instruction last time |
 *
 * ## Observation Space
 *
 * `Box(22, 42)`: the same columns for each action as in `ring0/Readahead-v1`. The wait for the device and the reads
 * under way are always 0.
 *
 * | Num | Observation | Min | Max |
 * |-----|-------------|-----|-----|
 * | 0 | pages it would read now / 16 | -10 | 10 |
 * | 1 | whether it would read any | -10 | 10 |
 * | 2 | time the device takes for them / time of a lone fault | -10 | 10 |
 * | 3 | pages it would read / frames, x 8 | -10 | 10 |
 * | 4 | share of its pages to be used, as of all that its rule named lately | -10 | 10 |
 * | 5 | share of its pages to be used, as of what its rule named in this VMA | -10 | 10 |
 * | 6 | share of its pages to be used, as of what its rule named for this instruction | -10 | 10 |
 * | 7 | share of its source's pages read for this instruction that were used | -10 | 10 |
 * | 8 | how often its rule would have named the next page of this thread | -10 | 10 |
 * | 9 | how often its rule would have named the next page in this VMA | -10 | 10 |
 * | 10 | how often its rule would have named the next page for this instruction | -10 | 10 |
 * | 11 | pages it would read now / 16 x share for this instruction | -10 | 10 |
 * | 12 | share of its direction's neighbours used lately, near | -10 | 10 |
 * | 13 | share of its direction's neighbours used lately, far | -10 | 10 |
 * | 14 | what a global history buffer would choose | -10 | 10 |
 * | 15 | reads nothing | -10 | 10 |
 * | 16 | stock window | -10 | 10 |
 * | 17 | VMA window ahead | -10 | 10 |
 * | 18 | VMA window behind | -10 | 10 |
 * | 19 | VMA window around | -10 | 10 |
 * | 20 | slot cluster | -10 | 10 |
 * | 21 | stride of the thread | -10 | 10 |
 * | 22 | stride of the instruction | -10 | 10 |
 * | 23 | replay after this page | -10 | 10 |
 * | 24 | replay after this instruction | -10 | 10 |
 * | 25 | log2(size) / 5 | -10 | 10 |
 * | 26 | at a marker | -10 | 10 |
 * | 27 | the fault writes | -10 | 10 |
 * | 28 | wait for the device / time of a lone fault | -10 | 10 |
 * | 29 | reads under way / 64 | -10 | 10 |
 * | 30 | ln(time of a lone fault / us) / 5 | -10 | 10 |
 * | 31 | transfer of a page / time of a lone fault, x 10 | -10 | 10 |
 * | 32 | frames, log2 / 16 | -10 | 10 |
 * | 33 | pages lately refaulted shortly after their reclaim | -10 | 10 |
 * | 34 | refault distance of this page / frames | -10 | 10 |
 * | 35 | share of swap accesses that were hits, lately | -10 | 10 |
 * | 36 | stock hit count of the VMA / 8 | -10 | 10 |
 * | 37 | pages read ahead and not used yet / 64 | -10 | 10 |
 * | 38 | neighbours that are there already, at a marker / 16 | -10 | 10 |
 * | 39 | time of a major fault lately / time of a lone fault | -10 | 10 |
 * | 40 | how often the next page was among the 4 that followed last time, in this thread | -10 | 10 |
 * | 41 | how often the next page was among the 4 that followed last time, in this VMA | -10 | 10 |
 *
 * ## Rewards
 *
 * As in `ring0/Readahead-v1`: accesses that plain LRU would have missed, minus time in units of a lone fault. The
 * return is a constant minus cost / unit. `info.credits` charges each page read ahead its decompression.
 *
 * ## Starting State
 *
 * As in `ring0/Readahead-v1`, but with one of the synchronous profiles, unchanged, and without a background load.
 *
 * ## Episode End
 *
 * Termination: every thread has done its accesses. There is no truncation.
 *
 * The cost is the stall of the threads by swapping, us. Every action is charged `decision_us`, 0.2 by default. This
 * charge matters here, because a fault takes only 3 to 7 us (`docs/readahead.md`).
 *
 * ## Arguments
 *
 * `reset({ options })` takes `workload` (a name, or a ReadaheadWorkload), `accesses`, `frames`, `device`, `latency_us`,
 * `page_us`, `background` (without effect on a synchronous device), `fragmentation`, `demand_first`, `count_pollution`,
 * `decision_us` and `alter_after`; `npm run list` prints their ranges. The seed decides options that are not given and
 * have no default.
 *
 * ## Version History
 *
 * - v1: first version
 */
export class ReadaheadSyncEnv extends ReadaheadEnv {
  constructor(context: EnvContext) {
    super(context, READAHEAD_SYNC_DEVICES);
  }

  protected override create(): this {
    return new ReadaheadSyncEnv(this.context) as this;
  }
}
