import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ArtifactError } from "../../agents/artifact.ts";
import { loadCheckpoint, loadPolicy, savePolicy } from "../../agents/checkpoint.ts";
import { NetworkPolicy } from "../../agents/network_policy.ts";
import { RunningMoments } from "../../gym/running_moments.ts";
import { Box, Discrete } from "../../gym/spaces.ts";
import { randomStream } from "../../kernel/random.ts";

const observationSpace = new Box(Number.NEGATIVE_INFINITY, 3, [2]);
const actionSpace = new Discrete(3);
const use = { env: "test/Saved-v1", observationSpace, actionSpace };

function makePolicy(): NetworkPolicy {
  const random = randomStream(1, "weights");
  const normaliser = new RunningMoments(2);
  normaliser.update([1, 2, 3, 5], 2);
  return new NetworkPolicy({
    algorithm: "ppo",
    env: "test/Saved-v1",
    observationSpace,
    actionSpace,
    network: { kind: "mlp", hidden: [4], value: "shared" },
    parameters: new Float32Array(2 * 4 + 4 + 4 * 4 + 4).map(() => random.normal()),
    normaliser,
  });
}

let root = "";
let folder = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "checkpoint-"));
  folder = join(root, "runs", "policy");
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Saves a policy, changes its header, and returns a function that loads it. */
function loadAltered(change: (header: Record<string, never>) => void): () => NetworkPolicy {
  savePolicy(folder, makePolicy());
  const path = join(folder, "policy.json");
  const header = JSON.parse(readFileSync(path, "utf8"));
  change(header);
  writeFileSync(path, JSON.stringify(sealed(header)));
  return () => loadPolicy(folder, use);
}

/** The header with a checksum that fits it and the weights in the folder. */
function sealed({ sha256: _, ...content }: Record<string, unknown>): object {
  const hash = createHash("sha256")
    .update(JSON.stringify(content))
    .update(readFileSync(join(folder, "weights.bin")));
  return { ...content, sha256: hash.digest("hex") };
}

test("a policy comes back the same", () => {
  const policy = makePolicy();
  savePolicy(folder, policy);
  const loaded = loadPolicy(folder, use);
  expect(loaded.parameters).toEqual(policy.parameters);
  expect(loaded.bytes).toBe(4 * (policy.parameters.length + 2 * (policy.normaliser?.size ?? 0)));
  expect(loaded.normaliser?.toJSON()).toEqual(policy.normaliser?.toJSON());
  expect(loaded.normaliser?.frozen).toBe(true);
  expect(loaded.network).toEqual(policy.network);
  expect(loaded.algorithm).toBe("ppo");
  const random = randomStream(2, "observations");
  for (let i = 0; i < 50; i++) {
    const observation = Float32Array.of(random.normal(), random.normal());
    expect(loaded.act(observation, 1, null)).toBe(policy.act(observation, 1, null));
  }
  expect(readdirSync(folder).sort()).toEqual(["policy.json", "weights.bin"]);
});

test("a policy keeps the settings of its environment", () => {
  savePolicy(folder, makePolicy(), { information: "int", window: 2 });
  const loaded = loadPolicy(folder, use);
  expect(loaded.options).toEqual({ information: "int", window: 2 });
  savePolicy(folder, loaded);
  expect(loadPolicy(folder).options).toEqual(loaded.options);
});

test("a policy of an older version has no settings", () => {
  const load = loadAltered((header) => {
    delete header.options;
  });
  expect(load().options).toEqual({});
});

test("saving again replaces the folder and leaves nothing beside it", () => {
  savePolicy(folder, makePolicy());
  const second = makePolicy();
  second.parameters[0] = 42;
  savePolicy(folder, second);
  expect(loadPolicy(folder).parameters[0]).toBe(42);
  expect(readdirSync(join(root, "runs"))).toEqual(["policy"]);
});

test("a kill between the two renames leaves the previous policy", () => {
  savePolicy(folder, makePolicy());
  renameSync(folder, join(root, "runs", ".policy.previous"));
  expect(loadPolicy(folder, use).env).toBe("test/Saved-v1");
});

test("weights that are not finite are not saved, and the saved policy stays", () => {
  savePolicy(folder, makePolicy());
  const broken = makePolicy();
  broken.parameters[3] = Number.NaN;
  expect(() => savePolicy(folder, broken)).toThrow('number 3 of array "parameters" is NaN');
  expect(loadPolicy(folder, use).parameters[3]).not.toBeNaN();
});

test("a folder that cannot be written is named", () => {
  writeFileSync(join(root, "file"), "");
  expect(() => savePolicy(join(root, "file", "policy"), makePolicy())).toThrow(/^cannot write .*file\/policy: /);
});

describe("a damaged or unfit policy is refused with its cause:", () => {
  test("a missing folder, header or binary", () => {
    expect(() => loadPolicy(folder)).toThrow(`${join(folder, "policy.json")} is missing`);
    mkdirSync(folder, { recursive: true });
    expect(() => loadPolicy(folder)).toThrow(ArtifactError);
    savePolicy(folder, makePolicy());
    rmSync(join(folder, "weights.bin"));
    expect(() => loadPolicy(folder)).toThrow(`${join(folder, "weights.bin")} is missing`);
  });

  test("an altered byte", () => {
    savePolicy(folder, makePolicy());
    const path = join(folder, "weights.bin");
    const bytes = readFileSync(path);
    bytes[5] ^= 1;
    writeFileSync(path, bytes);
    expect(() => loadPolicy(folder)).toThrow(
      /weights\.bin is altered: their sha256 checksum is [0-9a-f]{64}, the header says/,
    );
  });

  test("an altered number in the header", () => {
    savePolicy(folder, makePolicy());
    const path = join(folder, "policy.json");
    writeFileSync(path, readFileSync(path, "utf8").replace(/"count": [\d.]+/, '"count": 7'));
    expect(() => loadPolicy(folder)).toThrow(/policy\.json or .*weights\.bin is altered/);
  });

  test("a binary that was cut short", () => {
    savePolicy(folder, makePolicy());
    const path = join(folder, "weights.bin");
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    expect(() => loadPolicy(folder)).toThrow("weights.bin has 100 bytes, its header says 128");
  });

  test("a header that is not JSON", () => {
    savePolicy(folder, makePolicy());
    writeFileSync(join(folder, "policy.json"), "{ half");
    expect(() => loadPolicy(folder)).toThrow(/policy\.json is damaged: /);
  });

  test("another kind of file, another version", () => {
    expect(loadAltered((header) => Object.assign(header, { version: 2 }))).toThrow(
      "format version is 2, this program reads 1",
    );
    expect(loadAltered((header) => Object.assign(header, { format: "zip" }))).toThrow(
      'format is "zip", expected "ring0-gym/policy"',
    );
    savePolicy(folder, makePolicy());
    expect(() => loadCheckpoint(folder)).toThrow("checkpoint.json is missing");
  });

  test("another environment, other spaces", () => {
    expect(loadAltered((header) => Object.assign(header, { env: "test/Other-v1" }))).toThrow(
      "the policy was trained for test/Other-v1, not for test/Saved-v1",
    );
    savePolicy(folder, makePolicy());
    expect(() => loadPolicy(folder, { ...use, actionSpace: new Discrete(4) })).toThrow(
      "actionSpace is Discrete(3), test/Saved-v1 has Discrete(4)",
    );
    expect(() => loadPolicy(folder, { ...use, observationSpace: new Box(0, 1, [2]) })).toThrow(
      "observationSpace is Box",
    );
  });

  test("a field that is missing or of the wrong kind is named", () => {
    expect(loadAltered((header) => delete header.network)).toThrow(/policy\.json: network: /);
    expect(
      loadAltered((header) => Object.assign(header, { network: { kind: "mlp", hidden: [4.5], value: "none" } })),
    ).toThrow(/policy\.json: network\.hidden\.0: /);
    expect(loadAltered((header) => Object.assign(header, { actionSpace: { kind: "cube" } }))).toThrow(/actionSpace: /);
    expect(
      loadAltered((header) => Object.assign(header, { normaliser: { count: 1, mean: [0], variance: [1] } })),
    ).toThrow("the normaliser is for 1 numbers, an observation has 2");
    expect(
      loadAltered((header) => Object.assign(header, { network: { kind: "mlp", hidden: [5], value: "shared" } })),
    ).toThrow("the network has 39 parameters, got 32");
  });

  test("NaN weights under a checksum that fits", () => {
    savePolicy(folder, makePolicy());
    const path = join(folder, "weights.bin");
    const bytes = readFileSync(path);
    bytes.writeFloatLE(Number.NaN, 4 * 7);
    writeFileSync(path, bytes);
    const header = JSON.parse(readFileSync(join(folder, "policy.json"), "utf8"));
    writeFileSync(join(folder, "policy.json"), JSON.stringify(sealed(header)));
    expect(() => loadPolicy(folder)).toThrow('number 7 of array "parameters" is NaN, not a finite number');
  });
});
