import { z } from "zod";

/** A header field of text. */
export const text = z.string().min(1).max(10_000);
/** A header field that counts something, at least 1 and below 2^32. */
export const count = z
  .int()
  .min(1)
  .max(2 ** 32 - 1);
/** A header field that is a power of two below 2^32. */
export const powerOfTwo = count.refine((value) => Number.isInteger(Math.log2(value)), "expected a power of two");
