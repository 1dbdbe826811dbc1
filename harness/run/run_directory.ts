import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { RunError, UsageError } from "./usage_error.ts";

/** Version of the format. It increases if an older program would misread a run. */
const VERSION = 1;

/** The content of config.json, beside its checksum. */
export const configSchema = z.strictObject({
  format: z.literal("ring0-gym/run"),
  version: z.literal(VERSION),
  /** Registry id. */
  env: z.string(),
  agent: z.string(),
  /** First training seed. */
  seed: z.int().nonnegative(),
  /** Number of training seeds. If there are several, each has a folder `seed-N`. */
  seeds: z.int().positive(),
  /** Environment steps of each training. */
  steps: z.int().positive(),
  /** Hyperparameters given by the user. They replace the agent's presets for this environment. */
  set: z.record(z.string(), z.unknown()),
  /** All hyperparameters in force. */
  hyperparameters: z.record(z.string(), z.unknown()),
  /** Settings of the environment, for training and all evaluations. Runs of older versions have none. */
  options: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  /** Which policy to keep: that of the best evaluation on the validation split, or the last. */
  keep: z.enum(["best", "last"]),
  /** The requested backend, and the backend in use; "none" for agents that need none. */
  backend: z.strictObject({ asked: z.string(), got: z.string() }),
  /** Number of evaluations while training. */
  evaluations: z.int().positive(),
  /** Episodes of each workload in the evaluations while training and at the end. */
  episodes: z.strictObject({ validation: z.int().positive(), test: z.int().positive() }),
  versions: z.record(z.string(), z.string()),
  /** ISO 8601. */
  created: z.string(),
});

/** Everything needed to repeat a run. */
export type RunConfig = z.infer<typeof configSchema>;

/** The folder of a run; `runs/README.md` describes its files. */
export class RunDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Creates the folder of a new run, or of other output that must not mix with older files.
   *
   * @throws UsageError if it exists and is not empty, RunError if it is not writable
   */
  static create(path: string): RunDirectory {
    try {
      makeFolders(path);
    } catch (error) {
      throw new RunError(`cannot make the folder ${path}: ${(error as Error).message}`);
    }
    if (!statSync(path).isDirectory()) throw new UsageError(`${path} is a file, not a folder for a run`);
    if (readdirSync(path).length > 0) {
      const resume = existsSync(join(path, "config.json")) ? `, or go on with --resume ${path}` : "";
      throw new UsageError(`${path} exists and is not empty; give another --out${resume}`);
    }
    const run = new RunDirectory(path);
    run.#assertWritable();
    return run;
  }

  /**
   * Opens the folder of a run.
   *
   * @throws UsageError if it holds no run
   */
  static open(path: string): RunDirectory {
    let names: string[];
    try {
      names = readdirSync(path);
    } catch (error) {
      throw new UsageError(`cannot open the run ${path}: ${(error as Error).message}`);
    }
    if (!names.includes("config.json")) throw new UsageError(`${path} holds no run: config.json is missing`);
    const run = new RunDirectory(path);
    run.#assertWritable();
    return run;
  }

  /** Opens the folder of a run, or creates it if there is none. It removes partial files that a kill left. */
  static openOrCreate(path: string, config: RunConfig): { run: RunDirectory; config: RunConfig } {
    removePartial(path);
    if (existsSync(join(path, "config.json"))) {
      const run = RunDirectory.open(path);
      return { run, config: run.readConfig() };
    }
    const run = RunDirectory.create(path);
    run.writeConfig(config);
    return { run, config };
  }

  #assertWritable(): void {
    try {
      accessSync(this.path, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new RunError(`cannot write into ${this.path}: ${(error as Error).message}`);
    }
  }

  /** Path of a file of the run. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Whether a file or folder of the run exists. */
  has(name: string): boolean {
    return readdirSync(this.path).includes(name);
  }

  /** Writes a whole file. Afterwards there is either the old or the new file, never a part of it. */
  write(name: string, content: string | Uint8Array): void {
    writeWhole(this.file(name), content);
  }

  /** Writes a file as JSON. */
  writeJson(name: string, value: unknown): void {
    this.write(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Writes config.json, with a checksum of its content. */
  writeConfig(config: RunConfig): void {
    this.writeJson("config.json", { ...config, sha256: checksum(config) });
  }

  /**
   * Reads config.json.
   *
   * @throws RunError that names the file and the fault: no JSON, a wrong field, or a change since it was written
   */
  readConfig(): RunConfig {
    const path = this.file("config.json");
    let json: unknown;
    try {
      json = JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      throw new RunError(`${path} is damaged: ${(error as Error).message}`);
    }
    const read = configSchema.extend({ sha256: z.string() }).safeParse(json);
    if (!read.success) {
      const { path: at, message } = read.error.issues[0];
      throw new RunError(`${path} is damaged: ${at.length > 0 ? `${at.join(".")}: ` : ""}${message}`);
    }
    const { sha256, ...config } = read.data;
    if (checksum(config) !== sha256) {
      throw new RunError(`${path} was altered: its checksum is ${checksum(config)}, the file says ${sha256}`);
    }
    return config;
  }
}

/** The format and version of configs that this program writes. */
export const CONFIG_FORMAT = { format: "ring0-gym/run", version: VERSION } as const;

/**
 * Path of a new folder in `runs`, named after its content and its start.
 *
 * @param began start, ISO 8601. Default: now
 */
export function newRunPath(what: string, began = new Date().toISOString()): string {
  const stamp = began.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return join("runs", `${what}-${stamp}`);
}

/** Names of the partial files of `writeWhole`. */
const PARTIAL = /^\..+\.partial-\d+$/;

/** Writes a whole file: first under another name, so that a file of this name is never a part. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const beside = join(dirname(resolve(path)), `.${basename(path)}.partial-${process.pid}`);
  writeFileSync(beside, content);
  renameSync(beside, path);
}

/** Removes the partial files that a kill during `writeWhole` leaves in a folder. */
function removePartial(path: string): void {
  if (!existsSync(path) || !statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) if (PARTIAL.test(name)) rmSync(join(path, name));
}

/** Creates a folder and its parents. `mkdirSync` with `recursive` never returns for a missing folder of /proc. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(resolve(path)));
  mkdirSync(path);
}

function checksum(config: RunConfig): string {
  // In the order of the schema, so that the order of keys in the file does not matter.
  const ordered = configSchema.parse(config);
  return createHash("sha256").update(JSON.stringify(ordered)).digest("hex");
}
