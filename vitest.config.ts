import { configDefaults, defineConfig } from "vitest/config";

/** Statistics over many seeds and long trainings. `npm run test:long` runs these, `npm test` all others. */
const LONG = "test/**/*.long.test.ts";

/** These add to the registry that all modules share, so each has modules of its own. */
const ISOLATED = ["test/docs/code_blocks.test.ts"];

export default defineConfig(({ mode }) => {
  const all = mode === "long" ? [LONG] : ["test/**/*.test.ts"];
  const exclude = mode === "long" ? configDefaults.exclude : [...configDefaults.exclude, LONG];
  return {
    test: {
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // By default one core is left idle, which on two cores doubles the time.
      maxWorkers: "100%",
      setupFiles: ["test/fast_equality.ts"],
      reporters: ["default", "./test/slowest_reporter.ts"],
      projects: [
        // Other modules have no state that a test could leave behind, and loading them anew takes 0.6 s a file.
        { extends: true, test: { name: "shared", include: all, exclude: [...exclude, ...ISOLATED], isolate: false } },
        { extends: true, test: { name: "isolated", include: mode === "long" ? [] : ISOLATED, isolate: true } },
      ],
    },
  };
});
