/**
 * Characters that a terminal obeys instead of showing them: control characters except line feed, and those that change
 * the direction of text.
 */
const OBEYED = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text for a terminal: what it would obey is written as an escape, e.g. `\x1b`. Names come from files. */
export function printable(text: string): string {
  return text.replaceAll(OBEYED, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });
}

/** `printable` for a text of one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}
