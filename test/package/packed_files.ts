import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A file of the package. */
export interface PackedFile {
  /** Path from the root of the package, which is that of the repository. */
  readonly path: string;
  /** Its permissions. */
  readonly mode: number;
}

/** The files that the package has beside `dist`, which is built when it is packed. */
export function packedFiles(): PackedFile[] {
  const text = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 26,
  });
  const [{ files }]: [{ files: PackedFile[] }] = JSON.parse(text);
  return files.filter(({ path }) => !path.startsWith("dist/"));
}
