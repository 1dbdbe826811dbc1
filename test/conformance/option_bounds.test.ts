import { describe, expect, test } from "vitest";
import { registry } from "../../envs/index.ts";
import { importFlowList } from "../../workloads/congestion/importers/import_flow_list.ts";

/** Refusals that are right: the workload has no such number, or fewer of it; the value contradicts another option. */
const OF_THE_WORKLOAD =
  /has no option|senders must be a whole number from \d+ to \d+, got|never swaps with|must be below high/;

/** Options whose upper ends take minutes in most workloads that use them, and a workload in which they do not. */
const LONG: Readonly<Record<string, string>> = {
  duration_us: "lone",
  bytes: "lone",
  senders: "incast",
  accesses: "redis",
};

for (const spec of registry.list()) {
  const numbers = spec.options.filter(({ type }) => type === "number");
  const names = spec.workloads.map(({ name }) => name);
  describe(`${spec.id} takes the listed ends of`, () => {
    test.each(numbers.map((option) => [option.name, option] as const))("%s", (_, { name, min, max }) => {
      for (const value of [min, max]) {
        if (value === undefined) continue;
        const env = registry.make(spec.id, { wrap: false });
        const some = name in LONG && value === max ? [LONG[name]] : names.filter((_, i) => i % 16 === 0);
        for (const workload of names.length === 0 ? [undefined] : some) {
          const options = { [name]: value, ...(workload !== undefined && { workload }) };
          try {
            env.reset({ seed: 1, options });
          } catch (error) {
            expect((error as Error).message, `${workload}, ${name}=${value}`).toMatch(OF_THE_WORKLOAD);
          }
        }
        env.close();
      }
    });
  });
}

test.each([1, 1_000_000])("a flow list plays with links of %i ns", (delayNs) => {
  const env = registry.make("ring0/CongestionControl-v1", { wrap: false });
  env.reset({ seed: 1, options: { workload: importFlowList("0 2 20000 0\n1 2 20000 0\n", { delayNs }) } });
  env.close();
});
