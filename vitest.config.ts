import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By default one core is left idle, which on two cores doubles the time.
    maxWorkers: "100%",
  },
});
