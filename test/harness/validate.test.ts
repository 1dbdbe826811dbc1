import { describe, expect, it } from "vitest";
import { validateAll } from "../../harness/validate.ts";

describe("validateAll", () => {
  const targets = validateAll();

  it.each(targets.map((target) => [target.id, target] as const))("%s holds", (_, target) => {
    expect(target.holds, `${target.quantity}: published ${target.expected}, simulated ${target.simulated}`).toBe(true);
  });

  it("has every cell of Colloid's table that is published here, each within 0.1", () => {
    const cells = targets.filter(({ id }) => /colloid-\d+ns/.test(id));
    expect(cells).toHaveLength(8);
    for (const { tolerance } of cells) expect(tolerance).toBe(0.1);
  });

  it("lists the targets of one environment only when asked to", () => {
    expect(validateAll("CartPole-v1")).toEqual([]);
    expect(validateAll("ring0/Tiering-v1")).toHaveLength(targets.length);
  });
});
