import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { AnyEnv } from "../../gym/env.ts";
import { flattenRows, unflattenRows } from "../../gym/rows.ts";
import { maskSize, type Space } from "../../gym/spaces.ts";
import { datasetBytes, encodeDataset } from "../../ladder/dataset_bytes.ts";
import { encodeFeedback } from "../../ladder/feedback_json.ts";
import { encodeFrame, encodeFrameHeader, FRAME, FRAME_HEADER_BYTES } from "../../ladder/frames.ts";
import type { Feedback, LadderPolicy } from "../../ladder/ladder_policy.ts";
import { makeTemporaryFolder } from "../run/temporary_folder.ts";
import { threadUrl } from "../run/thread_url.ts";
import { RunError } from "../run/usage_error.ts";
import { MALFORMED, type Malformed, OUTCOME, PolicyMailbox, WORD } from "./policy_mailbox.ts";
import type { PolicyThreadOrder, PolicyThreadReady, PolicyThreadTask } from "./policy_thread.ts";
import { ProcessRun, type Question } from "./process_run.ts";

/** Stands for an answer that cannot be read. It is in no action space, so that every check finds it invalid. */
export const INVALID_RECOMMENDATION: unique symbol = Symbol("an answer that cannot be read");

/** How to reach the process of a policy. */
export interface ProcessPolicyOptions {
  /** Default: `process`. */
  name?: string;
  /**
   * Program and arguments to start, with `--connect` and the socket added. Default: none, the policy connects by
   * itself.
   */
  command?: readonly string[];
  /** Path at which to listen, at most 107 bytes, the limit of the system. Default: in a temporary folder of its own. */
  socket?: string;
  /** Longest wait for a recommendation, ms. Default 20, choice. */
  deadlineMs?: number;
  /**
   * Time without a message after which a policy counts as silent, ms. A policy that is silent, or that is connected for
   * so long without a start, loses its place to the next one that connects. Default 1000, choice: five of its
   * heartbeats.
   */
  heartbeatMs?: number;
}

/** Counters of operations, and of messages from the policy. */
export interface ProcessPolicyCounters {
  /** Operations that the policy was asked about. Each counts in one of the next three as well, or as malformed. */
  sent: number;
  /** Readable answers in time. */
  answered: number;
  /** Operations whose answer did not come in time. */
  late: number;
  /** Operations without a connected policy, or whose policy disconnected while they waited. */
  disconnected: number;
  /** Messages that cannot be used, in total; see `malformedBy`. */
  malformed: number;
  /** Answers to operations that were already decided. */
  stale: number;
  /** Policies refused because another one was connected. */
  refused: number;
  /** Ends of runs and feedback that were not sent, because no policy was connected or it did not read. */
  dropped: number;
}

/** Longest time to close, ms: more than the child has to end by itself. */
const CLOSE_MS = 5000;
/** Operations are numbered from 1 to this number and then from 1 again: a number has 32 bits with a sign. */
const LAST_OPERATION = 0x7fffffff;

/**
 * A policy in another process, reached over a Unix domain socket by the frames of `ladder/frames.ts`.
 *
 * `recommend` waits for an answer at most until the deadline, and not at all if no policy is connected. A separate
 * thread talks to the policy meanwhile. No fault of a policy makes it throw or wait longer. An answer that cannot be
 * read becomes `INVALID_RECOMMENDATION`. A policy may disconnect and connect again, and another one may connect, at any
 * time.
 */
export class ProcessPolicy implements LadderPolicy {
  readonly name: string;
  /** Path at which it listens. */
  readonly socket: string;
  /** Resolves when a policy can connect and the program, if any, runs. Rejects with a RunError if that fails. */
  readonly ready: Promise<void>;
  readonly #rows: number;
  readonly #actionSpace: Space<unknown>;
  readonly #observationSpace: Space<unknown>;
  readonly #deadlineMs: number;
  readonly #heartbeatMs: number;
  readonly #folder: string | null;
  readonly #mailbox: PolicyMailbox;
  readonly #thread: Worker;
  readonly #observation: Float32Array;
  readonly #action: Float32Array;
  readonly #check: Float32Array;
  #pid: number | null = null;
  #operation = 0;
  #runs = 0;
  #sent = 0;
  #answered = 0;
  #late = 0;
  #disconnected = 0;
  #closed = false;

  /**
   * @param env an environment of the kind that will run, for its spaces and rows
   * @throws RangeError if a time is not a positive number
   */
  constructor(env: Pick<AnyEnv, "observationSpace" | "actionSpace" | "rows">, options: ProcessPolicyOptions = {}) {
    const { name = "process", command = null, deadlineMs = 20, heartbeatMs = 1000 } = options;
    for (const [option, value] of Object.entries({ deadlineMs, heartbeatMs })) {
      if (!(value > 0 && value < Infinity)) throw new RangeError(`${option} must be a positive number, got ${value}`);
    }
    const { observationSpace, actionSpace, rows } = env;
    const size = {
      actionNumbers: rows * actionSpace.size,
      datasetBytes: datasetBytes(rows * observationSpace.size, rows * maskSize(actionSpace)),
    };
    this.name = name;
    this.#rows = rows;
    this.#observationSpace = observationSpace;
    this.#actionSpace = actionSpace;
    this.#deadlineMs = deadlineMs;
    this.#heartbeatMs = heartbeatMs;
    this.#observation = new Float32Array(rows * observationSpace.size);
    this.#action = new Float32Array(size.actionNumbers);
    this.#check = new Float32Array(size.actionNumbers);
    this.#mailbox = new PolicyMailbox(size);
    this.#folder = options.socket === undefined ? makeTemporaryFolder("agent") : null;
    this.socket = options.socket ?? join(this.#folder!, "agent.sock");
    const { buffer } = this.#mailbox;
    const task: PolicyThreadTask = { size, buffer, socket: this.socket, command, heartbeatMs };
    this.#thread = new Worker(threadUrl("policy_thread", import.meta.url), { workerData: task, execArgv: [] });
    this.ready = this.#begin();
    // A failure is reported to the caller that awaits `ready`.
    this.ready.catch(() => {});
  }

  /** Process id of the started program; null before it is ready, and if there is none. */
  get pid(): number | null {
    return this.#pid;
  }

  /** Weights id of the last answer, which tells the policy that gave it; 0 before the first answer. */
  get weights(): number {
    return this.#mailbox.get(WORD.weights) >>> 0;
  }

  /** Whether a policy is connected, has started, and has sent something within `heartbeatMs`. */
  get alive(): boolean {
    return this.#mailbox.get(WORD.present) === 1 && this.#mailbox.silentMs <= this.#heartbeatMs;
  }

  /** The counters so far. */
  get counters(): ProcessPolicyCounters {
    return {
      sent: this.#sent,
      answered: this.#answered,
      late: this.#late,
      disconnected: this.#disconnected,
      malformed: Object.values(this.malformedBy).reduce((sum, count) => sum + count, 0),
      stale: this.#mailbox.get(WORD.stale),
      refused: this.#mailbox.get(WORD.refused),
      dropped: this.#mailbox.get(WORD.dropped),
    };
  }

  /** Messages that cannot be used, by reason. */
  get malformedBy(): Record<Malformed, number> {
    const counts = MALFORMED.map((reason, i) => [reason, this.#mailbox.get(WORD.malformed + i)]);
    return Object.fromEntries(counts) as Record<Malformed, number>;
  }

  /** Waits until a policy is alive. False if none is alive within `ms`, or the program ends before. */
  async started(ms: number): Promise<boolean> {
    await this.ready;
    for (const end = performance.now() + ms; performance.now() < end; await setTimeout(5)) {
      if (this.alive) return true;
      if (this.#mailbox.get(WORD.exited) === 1) return false;
    }
    return false;
  }

  /** @throws RangeError if the environment has another size than that of the constructor */
  begin(env: AnyEnv, _seed: number, live: boolean): ProcessRun {
    const numbers = env.rows * env.observationSpace.size;
    if (env.rows !== this.#rows || numbers !== this.#observation.length) {
      const expected = `${this.#rows} rows of ${this.#observationSpace.size} numbers`;
      throw new RangeError(
        `${env.spec.id} has ${env.rows} rows of ${env.observationSpace.size} numbers, the policy expects ${expected}`,
      );
    }
    return new ProcessRun(env, ++this.#runs, live, {
      ask: (question) => this.#ask(question),
      tell: (question) => this.#tell(question),
    });
  }

  feedback(feedback: Feedback): void {
    this.#send(encodeFrame(FRAME.feedback, encodeFeedback(feedback)));
  }

  /** Ends the thread and the program, and removes the socket. It waits for that, a few seconds at most. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mailbox.set(WORD.present, 0);
    this.#thread.postMessage("close" satisfies PolicyThreadOrder);
    Atomics.wait(this.#mailbox.words, WORD.closed, 0, CLOSE_MS);
    this.#thread.terminate();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #begin(): Promise<void> {
    const thread = this.#thread;
    try {
      const { pid } = await new Promise<PolicyThreadReady>((resolve, reject) => {
        thread.once("message", resolve);
        thread.once("error", reject);
        thread.once("exit", () => reject(new Error("it was closed before")));
      });
      this.#pid = pid;
    } catch (error) {
      this.#mailbox.set(WORD.closed, 1);
      throw new RunError(`cannot set up the policy at ${this.socket}: ${(error as Error).message}`);
    } finally {
      // From now on an error in the thread is a bug in it and must not be hidden.
      thread.removeAllListeners();
    }
  }

  #ask(question: Question): unknown {
    const mailbox = this.#mailbox;
    if (mailbox.get(WORD.present) === 0) {
      this.#disconnected++;
      return null;
    }
    const operation = (this.#operation % LAST_OPERATION) + 1;
    this.#operation = operation;
    this.#sent++;
    flattenRows(this.#observationSpace, question.observation, this.#rows, this.#observation);
    mailbox.openFrame();
    const payload = mailbox.frame.subarray(FRAME_HEADER_BYTES);
    const asked = { ...question, operation, end: false, terminated: false, rows: this.#rows };
    const bytes = encodeDataset({ ...asked, observation: this.#observation }, payload);
    encodeFrameHeader(mailbox.frame, FRAME.dataset, bytes);
    mailbox.closeFrame(operation, FRAME_HEADER_BYTES + bytes);
    mailbox.ask(operation);
    this.#thread.postMessage(operation satisfies PolicyThreadOrder);
    return this.#answer(mailbox.wait(operation, this.#deadlineMs));
  }

  #answer(outcome: number | null): unknown {
    switch (outcome) {
      case OUTCOME.answered:
        return this.#read();
      case OUTCOME.malformed:
        return INVALID_RECOMMENDATION;
      case OUTCOME.gone:
        this.#disconnected++;
        return null;
      default:
        this.#late++;
        return null;
    }
  }

  /** The action in the mailbox. It is invalid if its space would round a number. */
  #read(): unknown {
    this.#action.set(this.#mailbox.action);
    const action = unflattenRows(this.#actionSpace, this.#action, this.#rows);
    flattenRows(this.#actionSpace, action, this.#rows, this.#check);
    if (this.#check.every((value, i) => value === this.#action[i])) {
      this.#answered++;
      return action;
    }
    this.#mailbox.countMalformed("number");
    return INVALID_RECOMMENDATION;
  }

  /** Tells the policy that a run is over. */
  #tell({ run, first, live, reward, terminated }: Question): void {
    const payload = new Uint8Array(datasetBytes(0, 0));
    const nothing = { operation: 0, end: true, rows: 0, observation: new Float32Array(0), mask: null };
    encodeDataset({ run, first, live, reward, terminated, ...nothing }, payload);
    this.#send(encodeFrame(FRAME.dataset, payload));
  }

  #send(frame: Uint8Array): void {
    if (!this.#closed) this.#thread.postMessage(frame satisfies PolicyThreadOrder);
  }
}
