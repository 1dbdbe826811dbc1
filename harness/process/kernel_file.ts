import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, type Stats, statfsSync } from "node:fs";
import { isInside } from "../run/is_inside.ts";
import { RunError } from "../run/usage_error.ts";

/** Type of the file system of kernel attributes. Source: SYSFS_MAGIC in the kernel's include/uapi/linux/magic.h. */
const SYSFS_MAGIC = 0x62656572;

/**
 * Checks that a file is one that a kernel offers, or a stand-in for it, so that a link cannot make the program
 * overwrite another file. A folder of the kernel's files may consist of symbolic links. Through a link these may be
 * written:
 *
 * - a character device and a pipe;
 * - an attribute in sysfs;
 * - a regular file whose real path is inside the folder.
 *
 * @param stats of the file behind all links
 * @throws RunError on another kind of file, on a regular file that a link reaches outside the folder, on one with
 *   several names (hard links), and if another file took its place since `stats`
 */
export function checkKernelFile(folder: string, path: string, stats: Stats): void {
  if (stats.isCharacterDevice() || stats.isFIFO()) return;
  if (!stats.isFile()) {
    throw new RunError(`${path} must be a character device, a pipe or a regular file`);
  }
  const real = realpathSync(path);
  if (statfsSync(real).type === SYSFS_MAGIC) return;
  if (!isInside(real, realpathSync(folder))) {
    throw new RunError(
      `${path} leads to ${real}, a regular file outside ${folder}; a link may lead to a character device, a pipe or ` +
        "an attribute in sysfs",
    );
  }
  if (stats.nlink > 1) throw new RunError(`${path} is a regular file with ${stats.nlink} names; it must have one`);
  const now = lstatSync(real);
  if (now.ino !== stats.ino || now.dev !== stats.dev) throw new RunError(`another file took the place of ${path}`);
}

/**
 * Opens a file of the kernel for writing, and never creates or shortens one.
 *
 * @returns the file descriptor
 * @throws RunError if `checkKernelFile` refuses the file; also the errors of the system
 */
export function openKernelFile(folder: string, path: string): number {
  const file = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    // What is open cannot change any more, unlike what the path leads to.
    checkKernelFile(folder, path, fstatSync(file));
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return file;
}
