/** Longest message, characters. Source: choice; the longest lists of allowed names have about 1500. */
const LONGEST = 2000;

/** A message without the middle of what is too long to read: a value in it may have any length. */
export function shortText(text: string): string {
  if (text.length <= LONGEST) return text;
  const half = LONGEST / 2;
  return `${text.slice(0, half)} ... (${text.length - LONGEST} characters) ... ${text.slice(-half)}`;
}
