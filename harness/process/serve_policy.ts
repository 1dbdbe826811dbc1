import { UsageError } from "../run/usage_error.ts";
import { createPolicyServer } from "./policy_server.ts";
import { serveDirectory } from "./serve_directory.ts";
import { type Served, serveSocket } from "./serve_socket.ts";

/** Which policy to serve, and to which kernel: either `connect` or `directory`. */
export interface ServePolicyOptions {
  /** Id or alias of the environment that the kernel runs. */
  env: string;
  /** Folder of a trained policy or a run, or `random`. */
  policy: string;
  /** Unix domain socket of a kernel. */
  connect?: string;
  /** Folder with the files of a kernel, see `serveDirectory`. */
  directory?: string;
  /** Name of the model in `directory`. Default: `ml_model1`, as in the RFC's test driver. */
  model?: string;
  /** Seed of random actions. Default 0. */
  seed?: number;
  /** Abort it to stop. */
  signal?: AbortSignal;
}

/**
 * Serves a policy to a kernel, until the kernel is gone or the signal is aborted.
 *
 * @throws UsageError unless there is one kernel to serve, and as `createPolicyServer`, `serveSocket` and
 *   `serveDirectory`
 */
export async function servePolicy(options: ServePolicyOptions): Promise<Served> {
  const { env, policy, connect, directory, model, seed, signal } = options;
  if ((connect === undefined) === (directory === undefined)) {
    throw new UsageError("a policy serves one kernel: give either a socket to connect to or a directory");
  }
  for (const [name, path] of Object.entries({ connect, directory })) {
    if (path === "") throw new UsageError(`--${name} must name a ${name === "connect" ? "socket" : "folder"}, got ""`);
  }
  if (model !== undefined && directory === undefined) throw new UsageError("a socket has no models: leave --model out");
  const policyServer = createPolicyServer(env, policy, seed);
  return connect === undefined
    ? serveDirectory(policyServer, directory!, model ?? "ml_model1", signal)
    : serveSocket(policyServer, connect, signal);
}
