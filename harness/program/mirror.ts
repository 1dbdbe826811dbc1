import type { Realm } from "./realm.ts";

/** Longest array that is copied at every decision. Elements of longer ones are asked for one by one. Source: choice. */
const MOST_COPIED = 64;

/** Which parts of a view a program gets, beside numbers, texts and arrays. Names are paths from the view, with dots. */
export interface MirrorOptions {
  /** Fields that programs do not get. */
  readonly hidden?: readonly string[];
  /** Fields that stay the same for a run: they are copied once. */
  readonly constant?: readonly string[];
  /** Objects of numbers that are not copied: each number is asked for when it is read. */
  readonly offered?: readonly string[];
  /** Methods of one number that only read. */
  readonly questions?: readonly string[];
}

type Numbers = ArrayLike<number> & { set(from: ArrayLike<number>): void };
type Fields = Record<string, unknown>;

/** How to bring one part of the copy up to date. */
type Update = () => void;

/** What every typed array has. */
const TypedArray = Object.getPrototypeOf(Int8Array);
const setNumbers = TypedArray.prototype.set as (this: Numbers, from: ArrayLike<number>) => void;

/**
 * A copy of a view inside a realm. Writing to it changes nothing outside, and nothing of the view's objects can be
 * reached from it. Short arrays are copied; long ones, and those of parts that are not plain objects, answer each
 * element when it is read.
 */
export class Mirror {
  /** The copy; an object of the realm. */
  readonly object: unknown;
  readonly #updates: Update[] = [];
  readonly #realm: Realm;
  readonly #options: MirrorOptions;

  constructor(realm: Realm, view: object, options: MirrorOptions = {}) {
    this.#realm = realm;
    this.#options = options;
    this.object = this.#copyObject(view as Fields, "");
    this.refresh();
  }

  /** Brings the copy up to date. */
  refresh(): void {
    for (const update of this.#updates) update();
  }

  #copyObject(source: Fields, path: string): Fields {
    const copy = this.#realm.functions.object();
    const plain = Object.getPrototypeOf(source) === Object.prototype;
    const offered = this.#options.offered?.includes(path) ?? false;
    const scalars: string[] = [];
    for (const name of fieldsOf(source, plain)) {
      const at = path === "" ? name : `${path}.${name}`;
      if (this.#options.hidden?.includes(at)) continue;
      const value = source[name];
      const constant = this.#options.constant?.includes(at) ?? false;
      if (value instanceof TypedArray) this.#copyNumbers(source, name, copy, plain, constant);
      else if (Array.isArray(value)) copy[name] = this.#copyList(value, at);
      else if (typeof value === "object" && value !== null) copy[name] = this.#copyObject(value as Fields, at);
      else if (typeof value === "function") this.#copyQuestion(source, name, at, copy);
      else if (offered) this.#realm.functions.offer(copy, name, () => source[name] as number);
      else if (constant) copy[name] = value;
      else scalars.push(name);
    }
    if (scalars.length > 0) {
      const assign = assigner(scalars);
      this.#updates.push(() => assign(source, copy));
    }
    return copy;
  }

  #copyList(source: readonly unknown[], path: string): unknown[] {
    const copy = this.#realm.functions.list(source.length);
    source.forEach((value, i) => {
      copy[i] = typeof value === "object" && value !== null ? this.#copyObject(value as Fields, path) : value;
    });
    return copy;
  }

  #copyQuestion(source: Fields, name: string, path: string, copy: Fields): void {
    if (!this.#options.questions?.includes(path)) return;
    copy[name] = this.#realm.functions.question((argument) => Number((source[name] as Ask).call(source, argument)));
  }

  /** Copies or offers the numbers of a field. The field may get another array later, as when a table grows. */
  #copyNumbers(source: Fields, name: string, copy: Fields, plain: boolean, constant: boolean): void {
    const { functions } = this.#realm;
    const first = source[name] as Numbers;
    if (!plain || first.length > MOST_COPIED) {
      copy[name] = functions.reader(
        (index) => (source[name] as Numbers)[index],
        () => (source[name] as Numbers).length,
      );
      return;
    }
    const kind = first.constructor.name;
    let from = first;
    let length = first.length;
    let to = functions.numbers(kind, length) as Numbers;
    copy[name] = to;
    setNumbers.call(to, from);
    if (constant) return;
    this.#updates.push(() => {
      if (source[name] !== from) {
        from = source[name] as Numbers;
        if (from.length !== length) {
          length = from.length;
          to = functions.numbers(kind, length) as Numbers;
        }
        copy[name] = to;
      }
      setNumbers.call(to, from);
    });
  }
}

type Ask = (argument: number) => unknown;

/** Names of the fields of an object; of an instance also its getters and methods. */
function fieldsOf(source: object, plain: boolean): string[] {
  const own = Object.keys(source);
  return plain ? own : [...own, ...Object.getOwnPropertyNames(Object.getPrototypeOf(source))];
}

/** A function that copies fields from an object to another. Written out, it takes a tenth of a loop's time. */
function assigner(names: readonly string[]): (source: Fields, copy: Fields) => void {
  const lines = names.map((name) => `copy[${JSON.stringify(name)}] = source[${JSON.stringify(name)}];`);
  return new Function("source", "copy", lines.join("\n")) as (source: Fields, copy: Fields) => void;
}
