/**
 * Numbers of the errors that the calls of the ladder return. Source: include/uapi/asm-generic/errno-base.h and errno.h
 * of Linux.
 */
export const ERRNO = { ENODEV: 19, EINVAL: 22, ENOSPC: 28, ENODATA: 61, EOPNOTSUPP: 95 } as const;
/** Name of one of these errors. */
export type ErrnoName = keyof typeof ERRNO;

/**
 * Thrown when the model refuses a call. Nothing has changed then. `code` is the name under which a kernel would return
 * it.
 */
export class LadderError extends Error {
  override readonly name = "LadderError";
  readonly code: ErrnoName;

  constructor(code: ErrnoName, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }

  /** Return value of a kernel: the negative number. */
  get errno(): number {
    return -ERRNO[this.code];
  }
}
