import { extname } from "node:path";

/** Endings of files that are programs. */
const ENDINGS = [".js", ".mjs", ".ts", ".mts"];

/** Whether a path names a program rather than the folder of a policy. */
export function isProgramFile(path: string): boolean {
  return ENDINGS.includes(extname(path));
}
