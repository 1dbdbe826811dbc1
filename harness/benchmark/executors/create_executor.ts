import { availableParallelism } from "node:os";
import { UsageError } from "../../run/usage_error.ts";
import { commandExecutor } from "./command.ts";
import type { Executor } from "./executor.ts";
import { localExecutor } from "./local.ts";
import { rayExecutor } from "./ray.ts";
import { slurmExecutor } from "./slurm.ts";

/** Executors as `--executor` takes them. */
export const EXECUTORS = 'local, ray=http://HEAD:8265, slurm, command="ssh {host}"';

/** What executors need to know. */
export interface ExecutorOptions {
  /** Line for a shell that starts this program on the machines that run cells. */
  program: string;
  /** Most cells at a time. */
  workers?: number;
  /** Names of machines for `command=`. */
  hosts?: readonly string[];
  /** The `runtime_env` of Ray's jobs. */
  runtimeEnv?: object;
  /** The token of a Ray cluster that asks for one. */
  token?: string;
  /** More options of `sbatch`. */
  sbatch?: readonly string[];
  /** Gets messages for the user. */
  onNote?: (text: string) => void;
}

/**
 * Makes an executor.
 *
 * @param text as in `EXECUTORS`
 * @throws UsageError if it is no executor, or an option belongs to another one
 */
export async function createExecutor(text: string, options: ExecutorOptions): Promise<Executor> {
  const { program, workers, hosts, runtimeEnv, token, sbatch, onNote } = options;
  const at = text.indexOf("=");
  const [kind, value] = at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
  const belong = (option: string, given: unknown, owner: string) => {
    if (given !== undefined && kind !== owner)
      throw new UsageError(`${option} belongs to --executor ${owner}, got "${text}"`);
  };
  belong("--hosts", hosts, "command");
  belong("--runtime-env", runtimeEnv, "ray");
  belong("--sbatch", sbatch, "slurm");
  if (kind === "local" && value === null) return localExecutor(workers ?? availableParallelism());
  if (kind === "slurm" && value === null) return slurmExecutor({ program, places: workers, sbatch, onNote });
  if (kind === "ray" && value !== null) return rayExecutor(value, { program, places: workers, runtimeEnv, token });
  if (kind === "command" && value !== null) {
    const executor = commandExecutor(value, { program, hosts });
    if (workers !== undefined) {
      throw new UsageError(
        `--workers ${workers} does not go with command=; give a host in --hosts as often as it has places`,
      );
    }
    return executor;
  }
  throw new UsageError(`--executor takes one of ${EXECUTORS}, got "${text}"`);
}
