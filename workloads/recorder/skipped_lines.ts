/** Counts the lines of a text that are no accesses. */
export class SkippedLines {
  #count = 0;
  #first = "";

  get count(): number {
    return this.#count;
  }

  add(line: number, text: string): void {
    if (this.#count++ === 0) this.#first = `${JSON.stringify(text.slice(0, 60))} (line ${line})`;
  }

  /** A sentence for the user, or null where no line was skipped. */
  describe(): string | null {
    if (this.#count === 0) return null;
    const [lines, are] = this.#count === 1 ? ["line", "is"] : ["lines", "are"];
    return `skipped ${this.#count} ${lines} that ${are} no accesses, first: ${this.#first}`;
  }
}
