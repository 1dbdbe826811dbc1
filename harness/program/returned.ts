import { ProgramError } from "./program_error.ts";

/** An array into which numbers are read. */
type Into = ArrayLike<number> & Record<number, number>;

/**
 * What a program returned: an object of its realm, whose fields are read as numbers and texts only. Reading a field may
 * run code of the program, so an error there is the program's.
 */
export class Returned {
  #object: Record<string, unknown> = {};
  readonly #what: string;

  /** @param what it is, for messages, e.g. `decide` */
  constructor(what: string) {
    this.#what = what;
  }

  /** Takes the next object. @throws ProgramError when it is none */
  take(value: unknown): this {
    if (typeof value !== "object" || value === null) {
      throw new ProgramError(`${this.#what} must give an object, got ${described(value)}`);
    }
    this.#object = value as Record<string, unknown>;
    return this;
  }

  /** A field that is an object itself. @throws ProgramError when it is none */
  object(name: string): Returned {
    return new Returned(`${this.#what}: ${name}`).take(this.#field(name));
  }

  /** Whether a field is there. */
  has(name: string): boolean {
    return this.#field(name) !== undefined;
  }

  /** A number. @throws ProgramError when the field is none, or is missing and has no default */
  number(name: string, byDefault?: number): number {
    const value = this.#field(name);
    if (value === undefined && byDefault !== undefined) return byDefault;
    if (typeof value === "number") return value;
    throw new ProgramError(`${this.#what}: ${name} must be a number, got ${described(value)}`);
  }

  /** A yes or no. @throws ProgramError when the field is something else, or is missing and has no default */
  flag(name: string, byDefault: boolean): boolean {
    const value = this.#field(name);
    if (value === undefined) return byDefault;
    if (typeof value === "boolean") return value;
    throw new ProgramError(`${this.#what}: ${name} must be true or false, got ${described(value)}`);
  }

  /** One of several texts. @throws ProgramError when the field is none of them */
  choice<Text extends string>(name: string, among: readonly Text[]): Text {
    const value = this.#field(name);
    const found = among.find((one) => one === value);
    if (found !== undefined) return found;
    throw new ProgramError(`${this.#what}: ${name} must be one of ${among.join(", ")}, got ${described(value)}`);
  }

  /** Length of a field that is an array. @throws ProgramError when it is none, or longer than `most` */
  length(name: string, most: number): number {
    const value = this.#field(name);
    const length = typeof value === "object" && value !== null ? this.#of(value, "length") : undefined;
    if (typeof length === "number" && Number.isInteger(length) && length >= 0 && length <= most) return length;
    const found = typeof length === "number" ? `${length} elements` : described(value);
    throw new ProgramError(`${this.#what}: ${name} must be an array of at most ${most} numbers, got ${found}`);
  }

  /** Reads the first `count` numbers of an array. A field that is missing changes nothing. */
  numbers(name: string, into: Into, count: number): void {
    const value = this.#field(name);
    if (value === undefined) return;
    for (let i = 0; i < count; i++) {
      const element = typeof value === "object" && value !== null ? this.#of(value, i) : undefined;
      if (typeof element !== "number") {
        throw new ProgramError(`${this.#what}: ${name}[${i}] must be a number, got ${described(element)}`);
      }
      into[i] = element;
    }
  }

  #field(name: string): unknown {
    return this.#of(this.#object, name);
  }

  #of(object: object, name: string | number): unknown {
    try {
      return (object as Record<string | number, unknown>)[name];
    } catch {
      throw new ProgramError(`${this.#what}: ${name} cannot be read`);
    }
  }
}

/** A value in a message. Objects belong to the program, so nothing of them is read. */
function described(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "object" ? (value === null ? "null" : "an object") : String(value);
}
