import { configDefaults, defineConfig } from "vitest/config";

/** Statistics over many seeds and long trainings. `npm run test:long` runs these, `npm test` all others. */
const LONG = "test/**/*.long.test.ts";

export default defineConfig(({ mode }) => ({
  test: {
    include: mode === "long" ? [LONG] : ["test/**/*.test.ts"],
    exclude: mode === "long" ? configDefaults.exclude : [...configDefaults.exclude, LONG],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By default one core is left idle, which on two cores doubles the time.
    maxWorkers: "100%",
    // A test leaves modules as it found them. To load them anew for each file takes 0.6 s a file.
    isolate: false,
    setupFiles: ["test/fast_equality.ts"],
    reporters: ["default", "./test/slowest_reporter.ts"],
  },
}));
