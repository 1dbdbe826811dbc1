import { expect, it } from "vitest";
import { durationText } from "../../../harness/run/duration_text.ts";

it("says seconds, minutes, and hours with minutes", () => {
  const said = [0.2, 59, 60, 300, 3569, 3570, 16_500].map(durationText);
  expect(said).toEqual(["1 s", "59 s", "1 min", "5 min", "59 min", "1 h 0 min", "4 h 35 min"]);
});
