import { FRAME_HEADER_BYTES } from "../../ladder/frames.ts";

/** Why something that came from an agent cannot be used. */
export const MALFORMED = ["magic", "version", "operation", "count", "length", "number", "type"] as const;

/** One of them. `operation`: never asked; `count`: not as many numbers as an action has; `type`: no frame that agents send. */
export type Malformed = (typeof MALFORMED)[number];

/** What came of a question, when it did not run out of time. */
export const OUTCOME = {
  /** A recommendation that can be read. */
  answered: 1,
  /** Something that cannot. */
  malformed: 2,
  /** Nobody is there to ask. */
  gone: 3,
  /** So much waits for the agent already that it is not asked. */
  behind: 4,
} as const;

/** Words of the mailbox, see `PolicyMailbox.words`. */
export const WORD = {
  /** The operation whose answer is waited for; 0 for none. Who changes it to 0, by compare and exchange, has decided it. */
  awaited: 0,
  /** One of OUTCOME, of the operation last decided. */
  outcome: 1,
  /** Weights id of the last answer. */
  weights: 2,
  /** 1 while an agent is connected and has started. */
  present: 3,
  /** The operation whose frame stands in `frame`; 0 while it is being written. */
  slot: 4,
  /** Bytes of that frame. */
  frameBytes: 5,
  /** The operation last asked. */
  asked: 6,
  /** 1 when the child has ended. */
  exited: 7,
  /** 1 when the thread has closed everything. */
  closed: 8,
  /** Answers to operations that were decided before. */
  stale: 9,
  /** Agents turned away because another one is there. */
  refused: 10,
  /** Frames not sent because nobody is there, or too much waits for the agent already. */
  dropped: 11,
  /** Followed by a counter for each of MALFORMED. */
  malformed: 12,
} as const;

const WORDS = WORD.malformed + MALFORMED.length;
const HEARD_BYTE = 8 * Math.ceil(WORDS / 2);
const ACTION_BYTE = HEARD_BYTE + 8;

/** How large a question and its answer are. Plain data. */
export interface MailboxSize {
  /** Numbers of an action, of all rows together. */
  actionNumbers: number;
  /** Bytes of the largest dataset. */
  datasetBytes: number;
}

/** Memory that the kernel's thread and the one that talks to the agent share. */
export class PolicyMailbox {
  readonly buffer: SharedArrayBuffer;
  /** Read and written with Atomics only, see WORD. */
  readonly words: Int32Array;
  /** The action of the last answer. */
  readonly action: Float32Array;
  /** A dataset's frame: header and dataset. */
  readonly frame: Uint8Array;
  readonly #heard: BigInt64Array;

  /** @param buffer that of the other thread's mailbox; a new one by default */
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

  /** Counts something that cannot be used. */
  countMalformed(reason: Malformed): void {
    this.count(WORD.malformed + MALFORMED.indexOf(reason));
  }

  /** The agent was heard of just now. The clock is the system's monotonic one, which all threads share. */
  hear(): void {
    Atomics.store(this.#heard, 0, process.hrtime.bigint());
  }

  /** Milliseconds since the agent was heard of; since the system started when it never was. */
  get silentMs(): number {
    return Number(process.hrtime.bigint() - Atomics.load(this.#heard, 0)) / 1e6;
  }

  /** Begins to write a frame. */
  openFrame(): void {
    this.set(WORD.slot, 0);
  }

  /** The frame of `operation` is written. */
  closeFrame(operation: number, bytes: number): void {
    this.set(WORD.frameBytes, bytes);
    this.set(WORD.slot, operation);
  }

  /** A copy of the frame of `operation`; null when the kernel has gone on and writes, or has written, another one. */
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
   * @returns one of OUTCOME, or null when it did not come in time
   */
  wait(operation: number, deadlineMs: number): number | null {
    Atomics.wait(this.words, WORD.awaited, operation, deadlineMs);
    // Whoever is first decides: an answer that comes between the end of the wait and this line counts.
    const givenUp = Atomics.compareExchange(this.words, WORD.awaited, operation, 0) === operation;
    return givenUp ? null : this.get(WORD.outcome);
  }

  /** Decides an operation and wakes who waits for it. False when it was given up or decided before. */
  decide(operation: number, outcome: number): boolean {
    if (operation === 0 || this.get(WORD.awaited) !== operation) return false;
    this.set(WORD.outcome, outcome);
    if (Atomics.compareExchange(this.words, WORD.awaited, operation, 0) !== operation) return false;
    Atomics.notify(this.words, WORD.awaited);
    return true;
  }
}
