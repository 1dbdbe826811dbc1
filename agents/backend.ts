import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";

/** The backends, in the order in which `auto` tries them. */
export const BACKENDS = ["node", "wasm", "cpu"] as const;

/** One of the backends. */
export type BackendName = (typeof BACKENDS)[number];

/** Which backend was selected, and why those before it were not. */
export interface Backend {
  name: BackendName;
  /** Backends that `auto` tried before and could not load, each with the reason. */
  unavailable: { name: BackendName; reason: string }[];
}

/** Every thread pool costs more than it gives for networks of this size, and the native log is not for users. */
const NODE_ENVIRONMENT = {
  TF_NUM_INTRAOP_THREADS: "1",
  TF_NUM_INTEROP_THREADS: "1",
  OMP_NUM_THREADS: "1",
  TF_CPP_MIN_LOG_LEVEL: "2",
} as const;

/**
 * Makes tfjs compute on a backend and returns which one it got.
 *
 * `auto` takes the first that loads of: `node` (native TensorFlow, the optional dependency `@tensorflow/tfjs-node`,
 * whose install can be dropped and whose load can fail), `wasm` (works offline, from the package's own files), `cpu`.
 * wasm runs on one thread: tfjs does not start its thread pool in Node, and the kernels of a minibatch of a 64-64
 * network take a fraction of a millisecond each.
 *
 * The choice holds for the whole process, because tfjs has one active backend.
 *
 * @throws RangeError for an unknown name; Error when the backend that was asked for by name does not load
 */
export async function selectBackend(wanted: "auto" | BackendName = "auto"): Promise<Backend> {
  if (wanted !== "auto" && !BACKENDS.includes(wanted)) {
    throw new RangeError(`unknown backend "${wanted}": allowed are auto, ${BACKENDS.join(", ")}`);
  }
  tf.enableProdMode();
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
    // Not a literal, because the package is optional and the type checker must pass without it.
    const optional: string = "@tensorflow/tfjs-node";
    await import(optional);
    await activate("tensorflow");
  },
  async wasm() {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const root = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
    // tfjs refuses new paths once the backend is up.
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
  if (!(await tf.setBackend(tfjsName))) {
    throw new Error(`tfjs could not start its backend "${tfjsName}"`);
  }
}
