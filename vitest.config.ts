import { configDefaults, defineConfig } from "vitest/config";
import { SlowestReporter } from "./test/slowest_reporter.ts";

/** Statistics over many seeds and long trainings. `npm run test:long` runs these, `npm test` all others. */
const LONG = "test/**/*.long.test.ts";

export default defineConfig(({ mode }) => ({
  test: {
    ...(mode === "long"
      ? { include: [LONG] }
      : { include: ["test/**/*.test.ts"], exclude: [...configDefaults.exclude, LONG] }),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By default one core is left idle, which on two cores doubles the time.
    maxWorkers: "100%",
    // Modules have no state that a test could leave behind, and loading them anew takes 0.6 s a file.
    isolate: false,
    setupFiles: ["test/fast_equality.ts"],
    reporters: ["default", new SlowestReporter()],
  },
}));
