/** Names of the language that a program finds. Everything else of a compartment costs a slow look-up each time. */
const INTRINSICS = [
  "Array",
  "ArrayBuffer",
  "BigInt",
  "Boolean",
  "Error",
  "Float32Array",
  "Float64Array",
  "Int16Array",
  "Int32Array",
  "Int8Array",
  "JSON",
  "Map",
  "Math",
  "Number",
  "Object",
  "RangeError",
  "Set",
  "String",
  "Symbol",
  "TypeError",
  "Uint16Array",
  "Uint32Array",
  "Uint8Array",
  "WeakMap",
  "isFinite",
  "isNaN",
  "parseFloat",
  "parseInt",
];

/** What stands before a program's first line, on that line. */
const PROLOGUE = `(() => { "use strict"; const { ${INTRINSICS.join(", ")} } = globalThis; `;

/** The script that evaluates to an object of a program's exports. Its lines are those of the program. */
export function programScript(code: string, file: string, exports: readonly string[]): string {
  return `${PROLOGUE}${code}\nreturn { ${exports.join(", ")} }; })()\n//# sourceURL=${encodeURI(file)}`;
}

/** What `BOOTSTRAP` evaluates to. All objects belong to the realm. */
export interface RealmFunctions {
  /** Evaluates a script in a compartment of its own. */
  evaluate(script: string): unknown;
  object(): Record<string, unknown>;
  list(length: number): unknown[];
  /** Gives an object a field that is asked for when it is read. `read` must not throw. */
  offer(target: object, name: string, read: () => number): void;
  /** Whether an object has a function of this name. */
  has(target: unknown, name: string): boolean;
  /** A value as JSON. */
  json(value: unknown): string;
  /** Makes a typed array. */
  numbers(kind: string, length: number): ArrayLike<number>;
  /** Makes an object that reads as an array does: each element is asked for by `read`, which must not throw. */
  reader(read: (index: number) => number | undefined, length: () => number): unknown;
  /** Makes a function of one number. `ask` must not throw. */
  question(ask: (argument: number) => number): unknown;
  /** Calls a program's function; an error it throws is thrown as a text in `fault`. */
  call(fault: { text: string | null }, target: unknown, name: string, ...values: unknown[]): unknown;
}

/**
 * Runs in a realm after its intrinsics were frozen, and before any program. Functions of the host stay in its closures.
 * It catches what calls to them throw, such as an overflow of the stack: such an error would lead to the host's realm.
 */
export const BOOTSTRAP = `(() => {
  "use strict";
  const refused = () => false;
  const ask = (host, argument) => {
    try {
      return host(argument);
    } catch {
      throw new RangeError("the view cannot be read now");
    }
  };
  const whole = /^(?:0|[1-9]\\d{0,9})$/;
  return {
    evaluate: (script) => new Compartment().evaluate(script),
    object: () => ({}),
    list: (length) => new Array(length).fill(undefined),
    numbers: (kind, length) => new globalThis[kind](length),
    reader: (read, length) => {
      const values = function* () {
        for (let i = 0; i < ask(length); i++) yield ask(read, i);
      };
      harden(values);
      return new Proxy(Object.freeze({}), {
        get: (_, key) => {
          if (key === Symbol.iterator) return values;
          if (key === "length") return ask(length);
          return typeof key === "string" && whole.test(key) ? ask(read, Number(key)) : undefined;
        },
        has: (_, key) => typeof key === "string" && whole.test(key) && Number(key) < ask(length),
        set: refused,
        defineProperty: refused,
        deleteProperty: refused,
        setPrototypeOf: refused,
      });
    },
    offer: (target, name, read) => {
      Object.defineProperty(target, name, { get: () => ask(read), enumerable: true });
    },
    has: (target, name) => typeof target[name] === "function",
    json: (value) => JSON.stringify(value) ?? "null",
    question: (host) => harden((argument) => ask(host, Number(argument))),
    call: (fault, target, name, ...values) => {
      try {
        return target[name](...values);
      } catch (error) {
        let text = "it threw something that has no message";
        try {
          const { stack, message } = Object(error);
          text = typeof stack === "string" ? stack : typeof message === "string" ? message : String(error);
        } catch {}
        fault.text = String(text).slice(0, 10000);
        return undefined;
      }
    },
  };
})()`;
