import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { loadTfjs } from "./tfjs.ts";

/** The tfjs backends, in the order in which `auto` tries them. */
const BACKENDS = ["node", "wasm", "cpu"] as const;

/** The name of a tfjs backend. */
export type BackendName = (typeof BACKENDS)[number];

/** The selected backend, and why the backends before it were skipped. */
export interface Backend {
  name: BackendName;
  /** Backends that `auto` tried first and could not load, each with the reason. */
  unavailable: { name: BackendName; reason: string }[];
}

/** For networks of this size, thread pools cost more than they save. The log of native TensorFlow is not for users. */
const NODE_ENVIRONMENT = {
  TF_NUM_INTRAOP_THREADS: "1",
  TF_NUM_INTEROP_THREADS: "1",
  OMP_NUM_THREADS: "1",
  TF_CPP_MIN_LOG_LEVEL: "2",
} as const;

/**
 * Makes tfjs compute on a backend, and returns the selected one.
 *
 * `auto` takes the first of these that loads: `node` (native TensorFlow: the optional dependency
 * `@tensorflow/tfjs-node`, which may be missing and may fail to load), `wasm` (works offline, from the package's own
 * files), `cpu`. wasm runs on one thread: tfjs does not start its thread pool in Node, and each kernel of a minibatch
 * of a 64-64 network takes a fraction of a millisecond.
 *
 * The choice holds for the whole process, because tfjs has one active backend.
 *
 * @throws RangeError for an unknown name; Error when the requested backend, or with `auto` every backend, fails to load
 */
export async function selectBackend(wanted: "auto" | BackendName = "auto"): Promise<Backend> {
  if (wanted !== "auto" && !BACKENDS.includes(wanted)) {
    throw new RangeError(`unknown backend "${wanted}": allowed are auto, ${BACKENDS.join(", ")}`);
  }
  (await loadTfjs()).enableProdMode();
  const unavailable: Backend["unavailable"] = [];
  for (const name of wanted === "auto" ? BACKENDS : [wanted]) {
    try {
      await load[name]();
      return { name, unavailable };
    } catch (error) {
      unavailable.push({ name, reason: error instanceof Error ? error.message.split("\n")[0] : String(error) });
    }
  }
  throw new Error(
    `no tfjs backend could be loaded: ${unavailable.map(({ name, reason }) => `${name}: ${reason}`).join("; ")}`,
  );
}

const load: Record<BackendName, () => Promise<void>> = {
  async node() {
    for (const [name, value] of Object.entries(NODE_ENVIRONMENT)) {
      process.env[name] ??= value;
    }
    // Not a string literal: the package is optional, and the type checker must pass without it.
    const optional: string = "@tensorflow/tfjs-node";
    await import(optional);
    await activate("tensorflow");
  },
  async wasm() {
    const tf = await loadTfjs();
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const root = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
    // tfjs refuses new paths once the backend runs.
    if (tf.findBackend("wasm") === null) {
      setWasmPaths(join(root, "wasm-out/"));
    }
    await activate("wasm");
  },
  async cpu() {
    await import("@tensorflow/tfjs-backend-cpu");
    await activate("cpu");
  },
};

async function activate(tfjsName: string): Promise<void> {
  const tf = await loadTfjs();
  if (!(await tf.setBackend(tfjsName))) {
    throw new Error(`tfjs could not start its backend "${tfjsName}"`);
  }
}
