/** A name that is not known. The message suggests the nearest known name, or lists all known names. */
export class UnknownNameError extends RangeError {
  override readonly name = "UnknownNameError";

  /**
   * @param what the kind of thing that has such names, e.g. `environment`
   * @param name the unknown name
   * @param known all known names
   */
  constructor(what: string, name: string, known: readonly string[]) {
    const near = nearest(name, known);
    const help = near === null ? `known: ${known.join(", ") || "none"}` : `did you mean ${JSON.stringify(near)}?`;
    super(`unknown ${what} ${JSON.stringify(name)}; ${help}`);
  }
}

/** The known name that is most similar to `name`, ignoring case; null when none is similar. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    // With more than half of its letters wrong, a name is another word and not a typing error.
    const limit = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 2));
    // The distance is at least the difference in length, and takes long to compute for a long text.
    if (Math.abs(name.length - candidate.length) > limit) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/**
 * Number of letters to insert, remove, replace or swap with their neighbour to turn `a` into `b`: Levenshtein's
 * distance with transpositions (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let aboveThat: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? aboveThat[j - 2] + 1 : replaced;
      row.push(Math.min(replaced, swapped, above[j] + 1, row[j - 1] + 1));
    }
    aboveThat = above;
    above = row;
  }
  return above[b.length];
}
