import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { FileError } from "../../files/file_error.ts";
import { readJson } from "../../files/read_json.ts";
import { claimFolder, type FolderClaim, LOCK_FOLDER, PID_FILE } from "./claim_folder.ts";
import { clearDeadPartials, clearLeftovers, isLeftover, partialPath } from "./leftovers.ts";
import { MOST } from "./limits.ts";
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
  seeds: z.int().positive().max(MOST.seeds),
  /** Environment steps of each training. */
  steps: z.int().positive().max(MOST.steps),
  /** Steps at which it was finished before it was extended, the first first. Runs that never were have none. */
  extended: z.array(z.int().positive().max(MOST.steps)).optional(),
  /** Folder of the policy that it started from; `initial` in the run has a copy. Others have none. */
  init: z.string().optional(),
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
  evaluations: z.int().positive().max(MOST.evaluations),
  /** Episodes of each workload in the evaluations while training and at the end. */
  episodes: z.strictObject({
    validation: z.int().positive().max(MOST.episodes),
    test: z.int().positive().max(MOST.episodes),
  }),
  versions: z.record(z.string(), z.string()),
  /** ISO 8601. */
  created: z.string(),
});

/** Everything needed to repeat a run. */
export type RunConfig = z.infer<typeof configSchema>;

/** What a killed process may have left in the folder of its output. */
export interface Unfinished {
  /** Files and folders that the next start writes again. */
  names: readonly string[];
  /** The file that is written last: with it the output is finished, and nothing is removed. */
  last: string;
}

/** The folder of a run; `runs/README.md` describes its files. */
export class RunDirectory {
  readonly path: string;
  /** Throws when this process must no longer write into the folder. */
  readonly assertHeld: () => void;

  private constructor(path: string, assertHeld: () => void = () => {}) {
    this.path = path;
    this.assertHeld = assertHeld;
  }

  /**
   * Creates the folder of a new run, or of other output that must not mix with older files.
   *
   * @throws UsageError if it exists and is not empty, RunError if it is not writable
   */
  static create(path: string, assertHeld?: () => void): RunDirectory {
    makeFolder(path);
    assertEmpty(path, () => false);
    const run = new RunDirectory(path, assertHeld);
    run.#assertWritable();
    return run;
  }

  /** Refuses a path at which `create` could make no folder. @throws UsageError if something is there already */
  static assertFree(path: string): void {
    if (!existsSync(path)) return;
    makeFolder(path);
    assertEmpty(path, isLeftover);
  }

  /**
   * Creates the folder of new output and claims it. Files of a killed process that had claimed the folder do not count:
   * its partial files, and everything in `unfinished`.
   *
   * @throws UsageError if the folder is not empty or another process works in it, RunError if it is not writable
   */
  static async createClaimed(
    path: string,
    unfinished?: Unfinished,
  ): Promise<{ run: RunDirectory; claim: FolderClaim }> {
    makeFolder(path);
    const isFinished = () => unfinished !== undefined && existsSync(join(path, unfinished.last));
    const again = existsSync(join(path, PID_FILE)) && !isFinished() ? (unfinished?.names ?? []) : [];
    const assertFree = () => assertEmpty(path, (name) => isLeftover(name) || (again.includes(name) && !isFinished()));
    assertFree();
    new RunDirectory(path).#assertWritable();
    const claim = await claimFolder(path);
    try {
      // Another process may have worked here while this one waited.
      assertFree();
      for (const name of again) rmSync(join(path, name), { recursive: true, force: true });
    } catch (error) {
      await claim.release();
      throw error;
    }
    return { run: new RunDirectory(path, claim.assertHeld), claim };
  }

  /** Opens the folder of a run and claims it. @throws UsageError if it holds no run, or another process works in it */
  static async openClaimed(path: string): Promise<{ run: RunDirectory; claim: FolderClaim }> {
    RunDirectory.open(path);
    const claim = await claimFolder(path);
    return { run: new RunDirectory(path, claim.assertHeld), claim };
  }

  /**
   * Opens the folder of a run.
   *
   * @throws UsageError if it holds no run
   */
  static open(path: string, assertHeld?: () => void): RunDirectory {
    let names: string[];
    try {
      names = readdirSync(path);
    } catch (error) {
      throw new UsageError(`cannot open the run ${path}: ${(error as Error).message}`);
    }
    if (!names.includes("config.json")) throw new UsageError(`${path} holds no run: config.json is missing`);
    const run = new RunDirectory(path, assertHeld);
    run.#assertWritable();
    return run;
  }

  /**
   * Opens the folder of a run, or creates it if there is none. It removes partial files that a kill left.
   *
   * @param besides what a new folder may hold already
   */
  static openOrCreate(
    path: string,
    config: RunConfig,
    assertHeld?: () => void,
    besides: readonly string[] = [],
  ): { run: RunDirectory; config: RunConfig } {
    clearLeftovers(path);
    if (existsSync(join(path, "config.json"))) {
      const run = RunDirectory.open(path, assertHeld);
      return { run, config: run.readConfig() };
    }
    makeFolder(path);
    assertEmpty(path, (name) => besides.includes(name));
    const run = new RunDirectory(path, assertHeld);
    run.#assertWritable();
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
    this.assertHeld();
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
   * @throws FileError that names the file and the fault: no JSON, a wrong field, or a change since it was written
   */
  readConfig(): RunConfig {
    const path = this.file("config.json");
    const { sha256, ...config } = readJson(path, configSchema.extend({ sha256: z.string() }));
    if (checksum(config) !== sha256) {
      throw new FileError(`${path} was altered: its checksum is ${checksum(config)}, the file says ${sha256}`);
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

/**
 * Writes a whole file: first under another name, so that a file of this name is never a part. Removes what killed
 * writes left beside it.
 *
 * @param mode permissions of the file; by default those of new files
 */
export function writeWhole(path: string, content: string | Uint8Array, mode?: number): void {
  clearDeadPartials(dirname(resolve(path)));
  const beside = partialPath(path);
  writeFileSync(beside, content, { mode });
  // The process's mask may have taken some away.
  if (mode !== undefined) chmodSync(beside, mode);
  renameSync(beside, path);
}

/** Removes everything in a folder but the claim of the process that works there. */
export function emptyFolder(path: string): void {
  for (const name of contentOf(path)) rmSync(join(path, name), { recursive: true, force: true });
}

/** Names of the files and folders in a folder, without those of a claim. */
function contentOf(path: string): string[] {
  return readdirSync(path).filter((name) => name !== PID_FILE && name !== LOCK_FOLDER);
}

function assertEmpty(path: string, ignored: (name: string) => boolean): void {
  if (contentOf(path).every(ignored)) return;
  const resume = existsSync(join(path, "config.json")) ? `, or go on with --resume ${path}` : "";
  throw new UsageError(`${path} exists and is not empty; give another --out${resume}`);
}

/** Creates a folder for output. @throws RunError if it cannot, UsageError if there is a file */
function makeFolder(path: string): void {
  try {
    makeFolders(path);
  } catch (error) {
    throw new RunError(`cannot make the folder ${path}: ${(error as Error).message}`);
  }
  if (!statSync(path).isDirectory()) throw new UsageError(`${path} is a file, not a folder for a run`);
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
