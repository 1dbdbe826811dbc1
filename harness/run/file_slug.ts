import { createHash } from "node:crypto";

/** Longest part of a name that a file's name shows. */
const LONGEST = 40;

/**
 * A name from a file as part of a file's name. A name of letters, digits and inner hyphens stays. Of any other the
 * letters and digits stay, and a hash of the whole name follows, so that it can be no path and different names differ.
 */
export function fileSlug(name: string): string {
  if (name.length <= LONGEST && /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(name)) return name;
  const plain = name
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, LONGEST);
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return plain === "" ? hash : `${plain}-${hash}`;
}
