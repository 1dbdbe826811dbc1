import { configDefaults, defineConfig } from "vitest/config";

/** Statistics over many seeds and long trainings. `npm run test:long` runs these, `npm test` all others. */
const LONG = "test/**/*.long.test.ts";

/** Kills and starts at the same time. `npm run test:force` tries many, `npm test` a few. */
const FORCE = "test/force/*.test.ts";

/** A real Ray cluster. `npm run test:ray` runs this where RING0_RAY is the path of the program `ray`. */
const RAY = "test/executors/ray.test.ts";

/**
 * Each of these has modules of its own. They hold code to a time, which depends on what other files made the compiler
 * expect, or look at a process in which nobody has selected a backend yet.
 */
const ISOLATED = [
  "test/agents/tfjs.test.ts",
  "test/baselines/gpu_bound.test.ts",
  "test/baselines/readahead_bound.test.ts",
  "test/harness/process/process_policy.test.ts",
  "test/harness/run/claim_folder.test.ts",
  "test/workloads/readahead/access_trace_workload.test.ts",
  "test/workloads/readahead/generators.test.ts",
];

export default defineConfig(({ mode }) => {
  const { exclude } = configDefaults;
  const some = { long: LONG, force: FORCE, ray: RAY }[mode];
  const shared =
    some === undefined
      ? { include: ["test/**/*.test.ts"], exclude: [...exclude, LONG, RAY, ...ISOLATED] }
      : { include: [some], exclude };
  // Files leave modules as they found them. To load the modules anew for each file takes 0.6 s a file.
  const projects = [
    { extends: true as const, test: { name: "shared", isolate: false, sequence: { groupOrder: 0 }, ...shared } },
  ];
  const isolated = {
    extends: true as const,
    test: { name: "isolated", isolate: true, sequence: { groupOrder: 1 }, include: ISOLATED, exclude },
  };
  return {
    test: {
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // By default one core is left idle, which on two cores doubles the time.
      maxWorkers: "100%",
      setupFiles: ["test/fast_equality.ts"],
      reporters: ["default", "./test/slowest_reporter.ts"],
      env: mode === "force" ? { RING0_FORCE: "1" } : {},
      projects: some === undefined ? [...projects, isolated] : projects,
    },
  };
});
