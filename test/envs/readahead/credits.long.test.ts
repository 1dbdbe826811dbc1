import { describe, it } from "vitest";
import { CREDITED, expectCreditsToAddUp } from "./credit_sums.ts";

describe("credits", () => {
  it.each(CREDITED)("add up to about what a policy gains over reading nothing, in two episodes (%s)", (workload) => {
    expectCreditsToAddUp(workload, [1, 2]);
  });
});
