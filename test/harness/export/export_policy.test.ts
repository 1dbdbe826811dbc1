import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { savePolicy } from "../../../agents/checkpoint.ts";
import type { NetworkConfig } from "../../../agents/network.ts";
import type { NetworkPolicy } from "../../../agents/network_policy.ts";
import { registry } from "../../../envs/index.ts";
import { benchExported } from "../../../harness/bench/exported.ts";
import { exportPolicy } from "../../../harness/export/export_policy.ts";
import { assertRecorded, MOST_UNITS, MOST_WEIGHTS } from "../../../harness/export/limits.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { randomPolicy } from "./small_policies.ts";

/** Settings that make episodes short. */
const SHORT: Readonly<Record<string, Record<string, number>>> = {
  tiering: { pages: 256 },
  gpu: { duration_ms: 50 },
  readahead: { accesses: 2000 },
};

const SMALL: NetworkConfig = { kind: "mlp", hidden: [8], value: "none" };

/** An untrained policy of an environment, saved. */
function saved(env: string, network: NetworkConfig = SMALL): { folder: string; policy: NetworkPolicy } {
  const { spec, observationSpace, actionSpace } = registry.make(env);
  // biome-ignore lint/suspicious/noExplicitAny: the case takes a Box, which all observations here are.
  const shape = { name: env, observationSpace: observationSpace as any, actionSpace, network, normalise: false };
  const policy = randomPolicy(shape, spec.id);
  const folder = join(temporaryFolder(), "policy");
  savePolicy(folder, policy);
  return { folder, policy };
}

describe("export", () => {
  it.each([
    ["tiering", SMALL],
    ["gpu", SMALL],
    ["readahead", { kind: "scorer", hidden: [4], value: "none", features: 42 }],
  ] satisfies [string, NetworkConfig][])("writes C for %s that agrees with the policy", async (env, network) => {
    const { folder: policy } = saved(env, network);
    const out = join(temporaryFolder(), "out");
    const result = await exportPolicy({ policy, to: "c", out, episodes: 1, options: SHORT[env] });
    expect(readdirSync(out).sort()).toEqual([`ring0_${env}.c`, `ring0_${env}.h`]);
    expect(result!.agreement!.decisions).toBeGreaterThan(50);
    expect(result!.agreement!.same).toBeGreaterThan(0.97);
    expect(result!.compiler).toMatch(/cc$/);
  });

  it("takes another name, and 8 bits", async () => {
    const out = join(temporaryFolder(), "out");
    const asked = { policy: saved("tiering").folder, to: "c", out, episodes: 1, options: SHORT.tiering } as const;
    const result = await exportPolicy({ ...asked, name: "my_tiers", bits: 8 });
    expect(result!.files).toEqual(["ring0_my_tiers.c", "ring0_my_tiers.h"]);
    expect(result!.bits).toBe(8);
  });

  it.each([
    [
      "an environment without names of features",
      "cartpole",
      SMALL,
      {},
      /CartPole-v1 cannot be exported; possible: .*Tiering/,
    ],
    [
      "too many weights",
      "tiering",
      { kind: "mlp", hidden: [128, 128, 128], value: "none" },
      {},
      new RegExp(`has a network of 35972 weights: at most ${MOST_WEIGHTS} can be exported`),
    ],
    [
      "too wide a layer",
      "tiering",
      { kind: "mlp", hidden: [129], value: "none" },
      {},
      new RegExp(`has a layer of 129 units: at most ${MOST_UNITS} can`),
    ],
    ["a name that C does not have", "tiering", SMALL, { name: "my-tiers" }, /the name "my-tiers" must be/],
    ["a name with capitals", "tiering", SMALL, { name: "Tiers" }, /the name "Tiers" must be/],
  ] satisfies [string, string, NetworkConfig, { name?: string }, RegExp][])(
    "refuses %s, and writes nothing",
    async (_, env, network, options, message) => {
      const { folder: policy } = saved(env, network);
      const out = join(temporaryFolder(), "out");
      const refused = exportPolicy({ policy, to: "c", out, ...options });
      await expect(refused).rejects.toThrow(UsageError);
      await expect(refused).rejects.toThrow(message);
      expect(existsSync(out)).toBe(false);
    },
  );

  it("refuses features whose range was never recorded, or of which none ever changed", () => {
    const range = (low: number[], high: number[]) => ({ low: Float64Array.from(low), high: Float64Array.from(high) });
    const refuse = (low: number[], high: number[]) => () =>
      assertRecorded(["a / us", "b"], range(low, high), "a policy");
    expect(refuse([0, Infinity], [1, -Infinity])).toThrow(/feature 1 \(b\) was never recorded: a policy had no choice/);
    expect(refuse([3, 1], [3, 1])).toThrow(/no feature ever changed/);
    expect(refuse([3, 1], [4, 1])).not.toThrow();
  });

  it("refuses a folder that is not empty before it plays", async () => {
    const out = join(temporaryFolder(), "out");
    mkdirSync(out);
    writeFileSync(join(out, "notes"), "mine");
    const { folder: policy } = saved("tiering");
    await expect(exportPolicy({ policy, to: "c", out })).rejects.toThrow(/out exists and is not empty/);
    expect(readdirSync(out)).toEqual(["notes"]);
  });
});

describe("bench --exported", () => {
  it("gives rows of time, size and instructions", async () => {
    const { folder } = saved("tiering");
    const rows = await benchExported({ policies: [folder], random: 500, episodes: 1, options: SHORT.tiering });
    const value = (name: string) => rows.find((row) => row.name === `tiering/exported_ppo_${name}`)?.value;
    expect(value("inputs_without_finding")).toBeGreaterThan(500);
    expect(value("median")).toBeGreaterThan(0);
    expect(value("p99")).toBeGreaterThanOrEqual(value("median")!);
    expect(value("code")).toBeGreaterThan(100);
    expect(value("data")).toBeGreaterThan(2 * 18 * 8);
    // Where valgrind is not there the row is missing.
    expect(value("instructions") ?? 1000).toBeGreaterThan(500);
  });

  it("refuses to measure nothing", async () => {
    await expect(benchExported({ policies: [] })).rejects.toThrow(/at least one --policy/);
  });
});
