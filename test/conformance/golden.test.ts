import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { registry } from "../../envs/index.ts";
import { trajectoryHash } from "./trajectory_hash.ts";

const FILE = new URL("golden.json", import.meta.url);
const UPDATE = "UPDATE_GOLDEN=1 npx vitest run test/conformance/golden.test.ts";
const golden: Record<string, string> = JSON.parse(readFileSync(FILE, "utf8"));

if (process.env.UPDATE_GOLDEN === "1") {
  test("write the hashes of all registered environments", () => {
    const hashes = Object.fromEntries(registry.list().map(({ id }) => [id, trajectoryHash(registry.make(id))]));
    writeFileSync(FILE, `${JSON.stringify(hashes, null, 2)}\n`);
  });
} else {
  test.each(registry.list().map(({ id }) => id))("%s moves as its version always has", (id) => {
    expect(golden, `${id} has no golden hash; write it with: ${UPDATE}`).toHaveProperty([id]);
    const message = `the trajectory of ${id} changed: raise the version of the id, then write the new hash with: ${UPDATE}`;
    expect(trajectoryHash(registry.make(id)), message).toBe(golden[id]);
  });

  test("no hash is left over", () => {
    expect(Object.keys(golden)).toEqual(registry.list().map(({ id }) => id));
  });

  test("another trajectory has another hash", () => {
    const limited = registry.make("CartPole-v1", { wrap: false });
    const { step } = limited;
    limited.step = (action) => step.call(limited, action === 0 ? 1 : 0);
    expect(trajectoryHash(limited)).not.toBe(golden["CartPole-v1"]);
  });
}
