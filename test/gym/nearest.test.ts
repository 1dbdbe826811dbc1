import { expect, it } from "vitest";
import { nearest, UnknownNameError } from "../../gym/nearest.ts";

it.each([
  ["tierin", "tiering"],
  ["GPUU", "gpu"],
  ["ugp", "gpu"],
  ["x", null],
  ["readahead", null],
])("the known name next to %s is %s", (name, expected) => {
  expect(nearest(name, ["tiering", "gpu", "congestion"])).toBe(expected);
});

it("takes no time for a long text", () => {
  const known = Array.from({ length: 200 }, (_, i) => `workload-${i}`);
  const error = new UnknownNameError("workload", "x".repeat(1_000_000), known);
  expect(error.message).toContain("known: workload-0, ");
});
