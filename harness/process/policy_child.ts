import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";

/** Time for a program to end by itself before it is killed, ms. Choice. */
const GRACE_MS = 500;

/** The process of a policy. */
export class PolicyChild {
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;

  private constructor(child: ChildProcess, onExit: () => void) {
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      child.once("exit", () => {
        onExit();
        resolve();
      });
    });
  }

  /**
   * Starts a program. Both of its output streams go to the standard error of this process.
   *
   * @param onExit called when it ends, for any reason
   * @throws Error if there is no such program
   */
  static async start([file, ...args]: readonly string[], onExit: () => void): Promise<PolicyChild> {
    const child = spawn(file, args, { stdio: ["ignore", 2, 2] });
    const running = new PolicyChild(child, onExit);
    await once(child, "spawn");
    child.on("error", () => {});
    return running;
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid!;
  }

  /** Asks it to end, and kills it if it does not: it may be suspended or ignore the signal. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const patience = new AbortController();
    const waited = setTimeout(GRACE_MS, true, { signal: patience.signal }).catch(() => false);
    if (await Promise.race([this.#exit.then(() => false), waited])) this.#child.kill("SIGKILL");
    await this.#exit;
    patience.abort();
  }
}
