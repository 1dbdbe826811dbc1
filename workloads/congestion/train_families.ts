import type { Family } from "./family.ts";
import { incast } from "./incast.ts";

// Source of all figures, unless said otherwise: choice, after the scenarios in which policies differ most, with as many
// bytes as make an episode of some hundred round trips.

const MB = 1e6;

/** Everybody at once to one host. With 8 senders of 2 MB it is a cell of the reference table. */
export const incast100: Family = incast({ gbps: 100, senders: [2, 64], bytes: [0.25 * MB, 2 * MB], most: 32 * MB });
