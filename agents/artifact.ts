import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { FileError } from "../files/file_error.ts";
import { firstIssue } from "../files/first_issue.ts";
import { readFile } from "../files/open_file.ts";
import { readJson } from "../files/read_json.ts";

/**
 * A saved policy or checkpoint is missing, damaged, of another version, or unfit for this use. Names file and cause.
 */
export class ArtifactError extends FileError {
  override readonly name: string = "ArtifactError";
}

/** A policy or checkpoint cannot be written: the system refused it, or a number is not finite. */
export class ArtifactWriteError extends ArtifactError {}

/** Most bytes of the numbers of a policy or checkpoint. Source: choice, above those of the largest networks allowed. */
const MOST_BINARY = 1 << 30;

/** One kind of artefact: a folder that holds a JSON header and one binary file of numbers. */
export interface ArtifactFormat<Header> {
  /** Value of the header's `format` field, e.g. `ring0-gym/policy`. */
  format: string;
  /** Raised by every change that an older reader would misread. */
  version: number;
  headerFile: string;
  binaryFile: string;
  /** Schema of the caller's own fields. This module adds format, version, arrays and checksum. */
  schema: z.ZodType<Header>;
}

/** Vectors by name. They are stored one after another as little-endian float32. */
export type Arrays = Record<string, Float32Array>;

const envelopeSchema = z.object({
  format: z.string(),
  version: z.int(),
  arrays: z.array(z.strictObject({ name: z.string(), length: z.int().nonnegative() })),
  /** Checksum, in hexadecimal, of the header without this field (as `JSON.stringify` writes it) and the binary file. */
  sha256: z.string(),
});

/**
 * Writes a folder so that a kill at any moment leaves either the old folder or the new one: it fills a temporary folder
 * beside the target and then renames it.
 *
 * @throws ArtifactError when an array holds a number that is not finite, or the folder cannot be written
 */
export function writeArtifact<Header extends object>(
  folder: string,
  format: ArtifactFormat<Header>,
  header: Header,
  arrays: Arrays,
): void {
  const binary = Buffer.concat(Object.entries(arrays).map(([name, values]) => encode(folder, name, values)));
  const content = {
    format: format.format,
    version: format.version,
    ...header,
    arrays: Object.entries(arrays).map(([name, values]) => ({ name, length: values.length })),
  };
  const envelope: z.infer<typeof envelopeSchema> & Header = { ...content, sha256: sha256(content, binary) };
  const target = resolve(folder);
  const beside = join(dirname(target), `.${basename(target)}.partial-${process.pid}`);
  try {
    mkdirSync(dirname(target), { recursive: true });
    rmSync(beside, { recursive: true, force: true });
    mkdirSync(beside);
    writeFileSync(join(beside, format.binaryFile), binary);
    writeFileSync(join(beside, format.headerFile), `${JSON.stringify(envelope, null, 2)}\n`);
    replaceFolder(beside, target);
  } catch (error) {
    if (existsSync(beside)) {
      rmSync(beside, { recursive: true });
    }
    throw new ArtifactWriteError(`cannot write ${folder}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Renames a folder, which replaces the folder of its new name. A kill between the renames leaves the replaced folder
 * under its name for `readArtifact`.
 */
export function replaceFolder(from: string, to: string): void {
  const target = resolve(to);
  // Without the target, the previous folder is the only whole state. It stays until there is another.
  if (existsSync(target)) {
    rmSync(previous(target), { recursive: true, force: true });
    renameSync(target, previous(target));
  }
  renameSync(from, target);
  rmSync(previous(target), { recursive: true, force: true });
}

/**
 * Reads a folder that `writeArtifact` wrote. Checks that both files exist, format and version, the header, the length
 * and checksum of the binary, and that every number is finite.
 *
 * @throws ArtifactError that names the failed check
 */
export function readArtifact<Header>(
  folder: string,
  format: ArtifactFormat<Header>,
): { header: Header; arrays: Arrays } {
  const target = resolve(folder);
  // A write that was killed between its two renames leaves only the previous folder.
  const from = !existsSync(target) && existsSync(previous(target)) ? previous(target) : target;
  const headerPath = join(from, format.headerFile);
  const binaryPath = join(from, format.binaryFile);
  const json = read(headerPath, () => readJson(headerPath, z.unknown()));
  const envelope = parse(envelopeSchema, json, headerPath);
  if (envelope.format !== format.format) {
    throw new ArtifactError(`${headerPath}: format is "${envelope.format}", expected "${format.format}"`);
  }
  if (envelope.version !== format.version) {
    throw new ArtifactError(
      `${headerPath}: format version is ${envelope.version}, this program reads ${format.version}`,
    );
  }
  const header = parse(format.schema, json, headerPath);
  const binary = read(binaryPath, () => readFile(binaryPath, MOST_BINARY));
  const expectedBytes = 4 * envelope.arrays.reduce((sum, { length }) => sum + length, 0);
  if (binary.length !== expectedBytes) {
    throw new ArtifactError(`${binaryPath} has ${binary.length} bytes, its header says ${expectedBytes}`);
  }
  const { sha256: stated, ...content } = json as typeof envelope;
  const checksum = sha256(content, binary);
  if (checksum !== stated) {
    throw new ArtifactError(
      `${headerPath} or ${binaryPath} is altered: their sha256 checksum is ${checksum}, the header says ${stated}`,
    );
  }
  const arrays: [string, Float32Array][] = [];
  let offset = 0;
  for (const { name, length } of envelope.arrays) {
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      values[i] = binary.readFloatLE(offset + 4 * i);
    }
    checkFinite(binaryPath, name, values);
    arrays.push([name, values]);
    offset += 4 * length;
  }
  return { header, arrays: Object.fromEntries(arrays) };
}

/** One array of an artefact. Throws an ArtifactError when it is missing or not of this length. */
export function requireArray(arrays: Arrays, name: string, length: number, where: string): Float32Array {
  const values = arrays[name];
  if (values?.length !== length) {
    throw new ArtifactError(
      `${where}: array "${name}" has ${values === undefined ? "no" : values.length} numbers, expected ${length}`,
    );
  }
  return values;
}

function previous(target: string): string {
  return join(dirname(target), `.${basename(target)}.previous`);
}

/** Reads a file of an artefact. */
function read<Content>(path: string, from: () => Content): Content {
  if (!existsSync(path)) throw new ArtifactError(`${path} is missing`);
  try {
    return from();
  } catch (error) {
    if (error instanceof FileError) throw new ArtifactError(error.message);
    throw error;
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new ArtifactError(`${path}: ${firstIssue(result.error, value)}`);
  return result.data;
}

function sha256(content: object, binary: Buffer): string {
  return createHash("sha256").update(JSON.stringify(content)).update(binary).digest("hex");
}

function encode(folder: string, name: string, values: Float32Array): Buffer {
  checkFinite(folder, name, values);
  const bytes = Buffer.alloc(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    bytes.writeFloatLE(values[i], 4 * i);
  }
  return bytes;
}

function checkFinite(where: string, name: string, values: Float32Array): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new ArtifactError(`${where}: number ${at} of array "${name}" is ${values[at]}, not a finite number`);
  }
}
