import { isAbsolute, relative, sep } from "node:path";

/** Whether a path is a folder or below it. Both must be absolute and without links, as `realpathSync` gives them. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
