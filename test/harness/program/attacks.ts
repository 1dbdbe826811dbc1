/** A program that tries to get what it must not have. It throws STOLEN when it succeeds. */
export interface Attack {
  name: string;
  /** Statements of `decide(view)`. Behind them stands a harmless decision. */
  body: string;
  /** Statements before `create`. */
  before?: string;
  /** The error that is expected; absent where the program plays on without harm. */
  refused?: RegExp;
}

export const ATTACKS: Attack[] = [
  {
    name: "reach the process through constructors",
    body: `const F = view.constructor.constructor; if (F("return typeof process")() !== "undefined") throw Error("STOLEN");`,
    refused: /Function.prototype.constructor is not a valid constructor/,
  },
  {
    name: "make functions from text outside the compartment",
    body: `for (const f of [() => {}, function* () {}, async () => {}, async function* () {}]) {
      try { if (f.constructor("return typeof process")().toString().includes("object")) throw Error("STOLEN"); }
      catch (error) { if (error.message === "STOLEN") throw error; }
    }`,
  },
  { name: "pollute the prototype of all objects", body: "Object.prototype.stolen = 1;", refused: /TypeError/ },
  { name: "replace Math.max", body: "Math.max = () => 1e9;", refused: /TypeError/ },
  {
    name: "replace methods of arrays",
    body: "Object.getPrototypeOf(Float64Array.prototype).set = () => {};",
    refused: /TypeError/,
  },
  { name: "import a module", before: 'import fs from "node:fs";', body: "", refused: /imports nothing/ },
  { name: "import a module later", body: 'import("node:fs");', refused: /imports nothing/ },
  { name: "require a module", body: 'require("node:fs");', refused: /TypeError/ },
  { name: "end the process", body: "process.exit(0);", refused: /TypeError/ },
  { name: "write a result", body: 'console.log("{}");', refused: /TypeError/ },
  { name: "wait for a timer", body: "setTimeout(() => {}, 0);", refused: /TypeError/ },
  {
    name: "decide later",
    before: "let later = false;",
    body: `if (later) throw Error("STOLEN"); Promise.resolve().then(() => { later = true; });
      return (async () => ({ mechanism: "none" }))();`,
    refused: /mechanism must be one of/,
  },
  {
    name: "read a clock",
    body: `let time; try { time = Date.now(); } catch {}
      if (Number.isFinite(time) || typeof performance !== "undefined") throw Error("STOLEN");`,
  },
  {
    name: "draw random numbers",
    body: `let drawn; try { drawn = Math.random(); } catch {} if (drawn !== undefined) throw Error("STOLEN");`,
  },
  {
    name: "throw in a getter",
    body: "return { get mechanism() { throw new Error('x'); } };",
    refused: /cannot be read/,
  },
  {
    name: "throw something without a message",
    body: "throw { get message() { throw 1; }, get stack() { throw 2; } };",
    refused: /no message/,
  },
  { name: "throw nothing", body: "throw undefined;", refused: /undefined/ },
  {
    name: "return a proxy that answers everything",
    body: "return new Proxy({}, { get: () => () => ({}) });",
    refused: /mechanism must be one of/,
  },
  {
    name: "catch an error of the host at the end of the stack",
    body: `const seen = []; let depth = 0;
      const dive = () => { depth++; try { dive(); } catch (error) { seen.push(error); }
        try { view.heat[0]; view.damon.starts.length; } catch (error) { seen.push(error); } };
      dive();
      for (const error of seen) if (!(error instanceof Error) || error.constructor.constructor("return typeof process")() !== "undefined") throw Error("STOLEN");`,
    refused: /Function.prototype.constructor is not a valid constructor/,
  },
  {
    name: "see the frames of the host",
    body: `Error.prepareStackTrace = (_, frames) => frames;
      const frames = new Error("x").stack;
      if (typeof frames !== "string" && frames?.some((one) => one.getThis?.() !== undefined || one.getFunction?.() !== undefined)) throw Error("STOLEN");`,
  },
  { name: "see the caller", body: "decide.caller; arguments.callee.caller;", refused: /TypeError/ },
  {
    name: "write to the view",
    body: `view.tiers[0].latency = 0; view.tiers[0].share = 0; view.pages = 1; view.time = -1;
      try { view.heat[0] = 1e9; view.tierOf[0] = 1; } catch {}`,
  },
  {
    name: "listen to updates of the view",
    body: `Object.defineProperty(view, "time", { configurable: true, set(value) { if (typeof value !== "number") throw Error("STOLEN"); } });
      Object.setPrototypeOf(view, new Proxy({}, { set(_, name, value) { if (typeof value === "object") throw Error("STOLEN"); return true; } }));
      delete view.samples;`,
  },
  {
    name: "reach the kernel",
    body: `const reached = [view.kernel, view.damon.aggregate, view.damon.copyFrom, view.heat.buffer, view.heat.constructor,
        view.tierOf.set, Object.getPrototypeOf(view.damon).aggregate];
      if (reached.some((one) => one !== undefined && one !== Object)) throw Error("STOLEN");`,
  },
  {
    name: "remember another episode",
    before: "let episodes = 0;",
    body: "if (view.decisions === 0 && ++episodes > 1) throw Error('STOLEN');",
  },
];

/** The source of an attack. */
export function attackSource({ before = "", body }: Attack): string {
  return `${before}
export function create() {
  return {
    decide(view) {
      ${body}
      return { mechanism: "histogram", fastShare: 1, moveRate: 2048, recency: 0.8, hysteresis: 1.5 };
    },
  };
}
`;
}
