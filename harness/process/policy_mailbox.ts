import { FRAME_HEADER_BYTES } from "../../ladder/frames.ts";

/** The reasons why a message from a policy cannot be used. */
export const MALFORMED = ["magic", "version", "operation", "count", "length", "number", "type"] as const;

/**
 * One of these reasons. `operation`: it was never asked; `count`: an action has another number of values; `type`:
 * policies do not send such frames.
 */
export type Malformed = (typeof MALFORMED)[number];

/** The outcome of a question that did not run out of time. */
export const OUTCOME = {
  /** A readable recommendation. */
  answered: 1,
  /** An unreadable message. */
  malformed: 2,
  /** No policy is connected. */
  gone: 3,
  /** Too much already waits for the policy, so it is not asked. */
  behind: 4,
} as const;

/** The words of the mailbox, see `PolicyMailbox.words`. */
export const WORD = {
  /**
   * The operation that waits for its answer; 0 for none. The thread that changes it to 0, by compare and exchange,
   * decides it.
   */
  awaited: 0,
  /** One of OUTCOME, for the last decided operation. */
  outcome: 1,
  /** Weights id of the last answer. */
  weights: 2,
  /** 1 while a started policy is connected. */
  present: 3,
  /** The operation of the frame in `frame`; 0 while a frame is written. */
  slot: 4,
  /** Bytes of that frame. */
  frameBytes: 5,
  /** The last asked operation. */
  asked: 6,
  /** 1 after the child has ended. */
  exited: 7,
  /** 1 after the thread has closed everything. */
  closed: 8,
  /** Number of answers to operations that were already decided. */
  stale: 9,
  /** Number of policies refused because another one is connected. */
  refused: 10,
  /** Number of frames not sent because no policy is connected, or too much already waits for it. */
  dropped: 11,
  /** The first of the counters, one for each of MALFORMED. */
  malformed: 12,
} as const;

const WORDS = WORD.malformed + MALFORMED.length;
const HEARD_BYTE = 8 * Math.ceil(WORDS / 2);
const ACTION_BYTE = HEARD_BYTE + 8;

/** The sizes of a question and its answer. Plain data. */
export interface MailboxSize {
  /** Numbers of an action, of all rows together. */
  actionNumbers: number;
  /** Bytes of the largest dataset. */
  datasetBytes: number;
}

/** Memory shared by the thread of the kernel and the thread that talks to the policy. */
export class PolicyMailbox {
  readonly buffer: SharedArrayBuffer;
  /** Read and write them with Atomics only, see WORD. */
  readonly words: Int32Array;
  /** The action of the last answer. */
  readonly action: Float32Array;
  /** A dataset's frame: header and dataset. */
  readonly frame: Uint8Array;
  readonly #heard: BigInt64Array;

  /** @param buffer that of the other thread's mailbox. Default: a new one */
  constructor({ actionNumbers, datasetBytes }: MailboxSize, buffer?: SharedArrayBuffer) {
    const frameByte = ACTION_BYTE + 4 * actionNumbers;
    const frameLimit = FRAME_HEADER_BYTES + datasetBytes;
    this.buffer = buffer ?? new SharedArrayBuffer(frameByte + frameLimit);
    this.words = new Int32Array(this.buffer, 0, WORDS);
    this.#heard = new BigInt64Array(this.buffer, HEARD_BYTE, 1);
    this.action = new Float32Array(this.buffer, ACTION_BYTE, actionNumbers);
    this.frame = new Uint8Array(this.buffer, frameByte, frameLimit);
  }

  /** A word. */
  get(word: number): number {
    return Atomics.load(this.words, word);
  }

  /** Sets a word. */
  set(word: number, value: number): void {
    Atomics.store(this.words, word, value);
  }

  /** Adds 1 to a counter. */
  count(word: number): void {
    Atomics.add(this.words, word, 1);
  }

  /** Counts a message that cannot be used. */
  countMalformed(reason: Malformed): void {
    this.count(WORD.malformed + MALFORMED.indexOf(reason));
  }

  /**
   * Notes that the policy sent something just now. The clock is the monotonic one of the system, which all threads
   * share.
   */
  hear(): void {
    Atomics.store(this.#heard, 0, process.hrtime.bigint());
  }

  /** Milliseconds since the policy last sent something; since the start of the system if it never did. */
  get silentMs(): number {
    return Number(process.hrtime.bigint() - Atomics.load(this.#heard, 0)) / 1e6;
  }

  /** Starts to write a frame. */
  openFrame(): void {
    this.set(WORD.slot, 0);
  }

  /** Ends the frame of `operation`. */
  closeFrame(operation: number, bytes: number): void {
    this.set(WORD.frameBytes, bytes);
    this.set(WORD.slot, operation);
  }

  /** A copy of the frame of `operation`; null if the kernel already writes, or has written, another frame. */
  copyFrame(operation: number): Uint8Array | null {
    if (this.get(WORD.slot) !== operation) return null;
    const copy = Uint8Array.from(this.frame.subarray(0, this.get(WORD.frameBytes)));
    return this.get(WORD.slot) === operation ? copy : null;
  }

  /** Asks about an operation; `decide` or `giveUp` follows. */
  ask(operation: number): void {
    this.set(WORD.asked, operation);
    this.set(WORD.awaited, operation);
  }

  /**
   * Waits for the answer.
   *
   * @returns one of OUTCOME, or null if it did not come in time
   */
  wait(operation: number, deadlineMs: number): number | null {
    Atomics.wait(this.words, WORD.awaited, operation, deadlineMs);
    // The first thread decides: an answer between the end of the wait and this line counts.
    const givenUp = Atomics.compareExchange(this.words, WORD.awaited, operation, 0) === operation;
    return givenUp ? null : this.get(WORD.outcome);
  }

  /** Decides an operation and wakes the thread that waits for it. False if it was given up or already decided. */
  decide(operation: number, outcome: number): boolean {
    if (operation === 0 || this.get(WORD.awaited) !== operation) return false;
    this.set(WORD.outcome, outcome);
    if (Atomics.compareExchange(this.words, WORD.awaited, operation, 0) !== operation) return false;
    Atomics.notify(this.words, WORD.awaited);
    return true;
  }
}
