/** Why an address is too large. */
export const ADDRESS_LIMIT =
  "an address must be below 2^53, up to where a number holds each one exactly (programs use less than 2^47, the kernel more)";
