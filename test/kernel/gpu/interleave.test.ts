import { describe, expect, it } from "vitest";
import { entriesOf, expandRunlist, HIGH, LOW, MEDIUM, runlistCapacity } from "../../../kernel/gpu/interleave.ts";

/** The runlist of `low`, `medium` and `high` groups, as levels and as groups. */
function runlist(low: number, medium: number, high: number) {
  const levels = Uint8Array.from([
    ...new Array<number>(high).fill(HIGH),
    ...new Array<number>(low).fill(LOW),
    ...new Array<number>(medium).fill(MEDIUM),
  ]);
  const list = new Uint8Array(runlistCapacity(levels.length));
  const groups = [...list.subarray(0, expandRunlist(levels, list))];
  return { levels, groups };
}

const COUNTS = [0, 1, 2, 3, 5];
const GRID = COUNTS.flatMap((low) => COUNTS.flatMap((medium) => COUNTS.map((high) => [low, medium, high] as const)));

describe("the runlist by interleave levels", () => {
  it.each(GRID)(
    "has every group as often as the driver's rule says: %i low, %i medium, %i high",
    (low, medium, high) => {
      const { levels, groups } = runlist(low, medium, high);
      levels.forEach((level, group) => {
        expect(groups.filter((entry) => entry === group)).toHaveLength(entriesOf(level, low, medium));
      });
      for (let group = 0; group < levels.length; group++) {
        if (levels[group] === LOW) expect(groups.filter((entry) => entry === group)).toHaveLength(1);
      }
    },
  );

  it.each(GRID)(
    "lets no group pass twice before one of a lower level: %i low, %i medium, %i high",
    (low, medium, high) => {
      const { levels, groups } = runlist(low, medium, high);
      const lowest = low > 0 ? LOW : MEDIUM;
      let since = new Set<number>();
      for (const group of groups) {
        if (levels[group] < HIGH) since = new Set();
        else {
          expect(since.has(group)).toBe(false);
          since.add(group);
        }
      }
      // Between two entries of the lowest level there is every higher group.
      const places = groups.flatMap((group, i) => (levels[group] === lowest ? [i] : []));
      places.forEach((place, i) => {
        const before = groups.slice(i === 0 ? 0 : places[i - 1] + 1, place);
        levels.forEach((level, group) => {
          if (level > lowest) expect(before).toContain(group);
        });
      });
    },
  );

  it("matches the published lists for one group of each level and for two low groups", () => {
    const names = ({ levels, groups }: ReturnType<typeof runlist>) =>
      groups.map((group) => "lmh"[levels[group]]).join("");
    expect(names(runlist(1, 1, 1))).toBe("hmhl");
    expect(names(runlist(2, 1, 1))).toBe("hmhlhmhl");
    expect(names(runlist(0, 2, 1))).toBe("hmhm");
    expect(names(runlist(0, 0, 2))).toBe("hh");
  });
});
