/**
 * What happened between a decision and the next decision point: the cost, and what became known about this decision and
 * earlier ones. Decisions are counted from 0 since the start. The object is reused.
 */
export class ReadaheadOutcome {
  /** Stall and inflicted delay since the last decision point, us. */
  cost = 0;
  /** Accesses done since then. */
  accesses = 0;
  /** Pages read ahead that were used since then. */
  hits = 0;
  /** `[hits]` thread and access that used each of these pages. */
  hitThread = new Uint8Array(64);
  hitAccess = new Int32Array(64);
  /** `[hits]` decision that read each of these pages. */
  hitDecision = new Int32Array(64);
  /** `[hits]` time that each use took, us, waiting included. */
  hitUs = new Float64Array(64);
  /** Delays: pages read ahead that held up the read of a major fault on the bus. */
  delays = 0;
  /** `[delays]` decision that read each of these pages. */
  delayDecision = new Int32Array(64);
  /** `[delays]` time by which each page held up the read, us. */
  delayUs = new Float64Array(64);

  /** Empties the outcome. */
  clear(): void {
    this.cost = 0;
    this.accesses = 0;
    this.hits = 0;
    this.delays = 0;
  }

  /** Records the use of a page. */
  addHit(thread: number, access: number, decision: number, us: number): void {
    if (this.hits === this.hitUs.length) {
      this.hitThread = grown(this.hitThread, new Uint8Array(2 * this.hits));
      this.hitAccess = grown(this.hitAccess, new Int32Array(2 * this.hits));
      this.hitDecision = grown(this.hitDecision, new Int32Array(2 * this.hits));
      this.hitUs = grown(this.hitUs, new Float64Array(2 * this.hits));
    }
    this.hitThread[this.hits] = thread;
    this.hitAccess[this.hits] = access;
    this.hitDecision[this.hits] = decision;
    this.hitUs[this.hits++] = us;
  }

  /** Records that a page held up a major fault. */
  addDelay(decision: number, us: number): void {
    if (this.delays === this.delayUs.length) {
      this.delayDecision = grown(this.delayDecision, new Int32Array(2 * this.delays));
      this.delayUs = grown(this.delayUs, new Float64Array(2 * this.delays));
    }
    this.delayDecision[this.delays] = decision;
    this.delayUs[this.delays++] = us;
  }
}

function grown<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
