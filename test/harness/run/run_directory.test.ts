import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FileError } from "../../../files/file_error.ts";
import { CONFIG_FORMAT, type RunConfig, RunDirectory } from "../../../harness/run/run_directory.ts";
import { RunError, UsageError } from "../../../harness/run/usage_error.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const config: RunConfig = {
  ...CONFIG_FORMAT,
  env: "CartPole-v1",
  agent: "ppo",
  seed: 1,
  seeds: 1,
  steps: 1000,
  set: { gamma: 0.9 },
  hyperparameters: { gamma: 0.9, hidden: [64, 64] },
  options: { information: "int", window: 2 },
  keep: "best",
  backend: { asked: "auto", got: "wasm" },
  evaluations: 20,
  episodes: { validation: 10, test: 50 },
  versions: { node: "v20.0.0" },
  created: "2026-01-01T00:00:00.000Z",
};

it("reads the config that it wrote", () => {
  const run = RunDirectory.create(join(temporaryFolder(), "a", "run"));
  run.writeConfig(config);
  expect(RunDirectory.open(run.path).readConfig()).toEqual(config);
  expect(readdirSync(run.path)).toEqual(["config.json"]);
});

it("reads configs of older versions, which have no settings of the environment", () => {
  const run = RunDirectory.create(join(temporaryFolder(), "run"));
  const { options, ...old } = config;
  run.writeConfig(old);
  expect(readFileSync(run.file("config.json"), "utf8")).not.toMatch(/"options"/);
  expect(run.readConfig()).toEqual(old);
});

it("notices every change of the config", () => {
  const run = RunDirectory.create(join(temporaryFolder(), "run"));
  run.writeConfig(config);
  const text = readFileSync(run.file("config.json"), "utf8");
  const damaged: [string, RegExp][] = [
    [text.replace("0.9", "0.8"), /was altered/],
    [text.replace('"steps": 1000', '"steps": "many"'), /damaged: steps/],
    [text.replace('"version": 1', '"version": 2'), /damaged: version/],
    [text.slice(0, text.length / 2), /damaged/],
    [text.replace('"agent"', '"agnet"'), /damaged/],
    ["", /damaged/],
  ];
  for (const [bad, message] of damaged) {
    writeFileSync(run.file("config.json"), bad);
    expect(() => run.readConfig()).toThrow(FileError);
    expect(() => run.readConfig()).toThrow(message);
  }
});

it("refuses folders that are taken or hold no run", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "taken"));
  writeFileSync(join(folder, "taken", "file"), "");
  expect(() => RunDirectory.create(join(folder, "taken"))).toThrow(UsageError);
  expect(() => RunDirectory.create(join(folder, "taken", "file"))).toThrow(/is a file/);
  expect(() => RunDirectory.create(join(folder, "taken", "file", "run"))).toThrow(RunError);
  expect(() => RunDirectory.open(join(folder, "taken"))).toThrow(/holds no run/);
  expect(() => RunDirectory.open(join(folder, "none"))).toThrow(UsageError);
});

it("begins again where a kill left the half of a config, and where it left that of another file", () => {
  const path = temporaryFolder();
  const begin = () => RunDirectory.openOrCreate(path, config);
  writeFileSync(join(path, ".config.json.partial-123"), '{"format"');
  expect(() => RunDirectory.create(path)).toThrow(/is not empty/);
  begin();
  expect(readdirSync(path)).toEqual(["config.json"]);
  writeFileSync(join(path, ".summary.json.partial-124"), "{");
  expect(begin().config).toEqual(config);
  expect(readdirSync(path)).toEqual(["config.json"]);
});

it("does not begin where there is anything else", () => {
  const path = temporaryFolder();
  for (const name of [".notes", "config.json.partial-123"]) writeFileSync(join(path, name), "");
  expect(() => RunDirectory.openOrCreate(path, config)).toThrow(/is not empty/);
  expect(readdirSync(path)).toHaveLength(2);
});
