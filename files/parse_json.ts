/** Deepest nesting of JSON. Source: choice, ten times what is in use and far below what overflows a stack. */
export const MOST_DEPTH = 100;

/**
 * Parses JSON. Unlike `JSON.parse` it refuses deep nesting, on which code that walks the value would overflow its
 * stack.
 *
 * @throws SyntaxError if it is not JSON, or is nested more than `most` levels deep
 */
export function parseJson(text: string, most = MOST_DEPTH): unknown {
  const depth = depthOf(text);
  if (depth > most) {
    throw new SyntaxError(`JSON is nested ${depth} levels deep; at most ${most} are allowed`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 quotes the text, with its line ends.
    throw new SyntaxError((error as Error).message.replaceAll(/\s+/g, " "));
  }
}

/** Most brackets of a text that are open at a time, outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++) {
        if (text.charCodeAt(at) === BACKSLASH) at++;
      }
    } else if (code === BRACKET || code === BRACE) {
      if (++depth > most) most = depth;
    } else if (code === BRACKET + 2 || code === BRACE + 2) {
      depth--;
    }
  }
  return most;
}

const QUOTE = 34;
const BACKSLASH = 92;
const BRACKET = 91;
const BRACE = 123;
