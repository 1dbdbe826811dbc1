/**
 * What a decision led to, up to the next decision point: what that cost, and what became known meanwhile of this and
 * earlier decisions. Decisions are counted from 0 since the start. Reused.
 */
export class ReadaheadOutcome {
  /** Stall and inflicted delay since the last decision point, us. */
  cost = 0;
  /** Accesses done since then. */
  accesses = 0;
  /** Pages read ahead that were used since then. */
  hits = 0;
  /** `[hits]` which access of which thread used each of them. */
  hitThread = new Uint8Array(64);
  hitAccess = new Int32Array(64);
  /** `[hits]` decision that read each of them. */
  hitDecision = new Int32Array(64);
  /** `[hits]` time that each use took, waiting included, us. */
  hitUs = new Float64Array(64);
  /** Pages read ahead that held up a major fault's read on the bus. */
  delays = 0;
  /** `[delays]` decision that read each of them. */
  delayDecision = new Int32Array(64);
  /** `[delays]` for how long each did, us. */
  delayUs = new Float64Array(64);

  /** Forgets all. */
  clear(): void {
    this.cost = 0;
    this.accesses = 0;
    this.hits = 0;
    this.delays = 0;
  }

  /** Notes the use of a page. */
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

  /** Notes that a page held up a major fault. */
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
