import { beforeAll, describe, expect, it } from "vitest";
import { startValues } from "../../../baselines/knobs.ts";
import { readaheadHeuristics } from "../../../baselines/readahead/index.ts";
import { registry } from "../../../envs/index.ts";
import { QUIET } from "../../../kernel/readahead/candidates.ts";
import { always, candidate, ID, type Policy, play, randomly } from "./play.ts";

const EPISODE = { accesses: 10_000 };
const WORKLOADS = registry.spec(ID).workloads.filter(({ split }) => split === "train");

const heuristic = (name: string): Policy => {
  const entry = readaheadHeuristics.find((one) => one.name === name)!;
  return entry.create(startValues(entry.knobs));
};

/** Page sets taken wherever they would read anything: the smallest and the largest of each kind, and some between. */
const SETS = [
  "stock VMA window",
  ...["vma 4", "vma 32", "cluster 16", "stride 4", "stride 16", "pc-stride 4", "pc-stride 16"],
  ...["replay 4", "replay 32", "pc-replay 16"],
];
const POLICIES: Readonly<Record<string, () => Policy>> = {
  vma: () => heuristic("vma"),
  fdp: () => heuristic("fdp"),
  leap: () => heuristic("leap"),
  none: () => always(0),
  silence: () => always(QUIET),
  random: () => randomly(1),
  ...Object.fromEntries(SETS.map((name) => [name, () => always(candidate(name))])),
};

/** How a policy did on the training split beside the default: mean of the logarithms of the costs' ratios, and of the returns. */
interface Standing {
  logCost: number;
  worst: number;
  return: number;
}

describe("the training split", () => {
  const standings = new Map<string, Standing>();
  const beside = (name: string) => standings.get(name)!;

  beforeAll(() => {
    for (const name of Object.keys(POLICIES)) standings.set(name, { logCost: 0, worst: 0, return: 0 });
    for (const [seed, { name: workload }] of WORKLOADS.entries()) {
      const options = { ...EPISODE, workload };
      const shipped = play(POLICIES.vma(), options, { seed });
      for (const [name, create] of Object.entries(POLICIES)) {
        const result = play(create(), options, { seed });
        const standing = beside(name);
        const logCost = Math.log(result.cost / shipped.cost);
        standing.logCost += logCost / WORKLOADS.length;
        standing.worst = Math.max(standing.worst, logCost);
        standing.return += (result.return - shipped.return) / WORKLOADS.length;
      }
    }
  }, 120_000);

  it.each(["none", "silence", "random", "vma 32", "cluster 16", "replay 32", "pc-replay 16"])(
    "is played worse than by the default with: %s",
    (name) => {
      expect(beside(name).logCost).toBeGreaterThan(Math.log(1.05));
      expect(beside(name).worst).toBeGreaterThan(Math.log(1.5));
      expect(beside(name).return).toBeLessThan(0);
    },
  );

  it("has neither the largest window nor none as its best policy, nor any window alone", () => {
    const ranking = [...standings].sort(([, a], [, b]) => a.logCost - b.logCost).map(([name]) => name);
    const better = (a: string, b: string) => expect(ranking.indexOf(a)).toBeLessThan(ranking.indexOf(b));
    for (const largest of ["vma 32", "replay 32", "cluster 16"]) {
      better("vma 4", largest);
      better("vma", largest);
      better("none", "vma 32");
    }
    better("vma", "none");
    better("fdp", "vma");
    expect(["none", "silence", "vma 32", "replay 32", "cluster 16"]).not.toContain(ranking[0]);
  });

  it("leaves no single page set best everywhere: each costs some program more than the default", () => {
    for (const name of SETS.filter((set) => set !== "stock VMA window"))
      expect(beside(name).worst).toBeGreaterThan(0.1);
  });
});
