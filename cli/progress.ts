import { SingleBar } from "cli-progress";
import { say } from "./output.ts";
import { printableLine } from "./printable.ts";

/** Time between two progress lines without a terminal, ms. */
const LINE_INTERVAL = 10_000;

/** Shows the progress of a command: a bar on a terminal, else a line now and then. Writes only to standard error. */
export class Progress {
  readonly #what: string;
  readonly #bar: SingleBar | null;
  #total = 0;
  #last = performance.now();

  constructor(what: string) {
    this.#what = what;
    this.#bar = process.stderr.isTTY
      ? new SingleBar({
          format: `${what} {bar} {percentage} % | {value} of {total} | {note}`,
          stream: process.stderr,
          barsize: 24,
          hideCursor: true,
        })
      : null;
  }

  /** Shows `done` of `total`, with a note. */
  update(done: number, total: number, text = ""): void {
    const note = printableLine(text);
    if (this.#total === 0) {
      this.#total = total;
      this.#bar?.start(total, 0, { note });
    }
    this.#bar?.update(Math.min(done, total), { note });
    if (this.#bar !== null) return;
    const now = performance.now();
    if (now - this.#last < LINE_INTERVAL) return;
    this.#last = now;
    say(`${this.#what} ${done} of ${total}${note === "" ? "" : ` | ${note}`}`);
  }

  /** Ends the bar. The next `update` starts another one. */
  stop(): void {
    if (this.#total > 0) this.#bar?.stop();
    this.#total = 0;
  }
}
