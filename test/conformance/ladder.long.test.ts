import { describe, it } from "vitest";
import { expectBadPolicyKeptDown, ids } from "./ladder_play.ts";

describe.each(ids)("the ladder in %s", (env) => {
  it("keeps 20 bad policies down, and loses hardly anything by trying them", { timeout: 240_000 }, () => {
    expectBadPolicyKeptDown(
      env,
      Array.from({ length: 20 }, (_, seed) => seed),
    );
  });
});
