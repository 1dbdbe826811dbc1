import { assertDelay } from "./assert_parts.ts";

/**
 * Propagation of each host's link, ns: `delays` where given, else `delayNs` for all.
 *
 * @param topology name of the topology in the message
 * @returns `[hosts]`
 * @throws RangeError unless there are as many possible delays as hosts
 */
export function hostDelays(
  topology: string,
  hosts: number,
  delayNs: number,
  delays?: readonly number[],
): readonly number[] {
  assertDelay(topology, "delayNs", delayNs);
  if (delays === undefined) return new Array<number>(hosts).fill(delayNs);
  if (delays.length !== hosts) {
    throw new RangeError(`${topology}: delays must have one element for each of ${hosts} hosts, got ${delays.length}`);
  }
  delays.forEach((delay, host) => {
    assertDelay(topology, `delay of host ${host}`, delay);
  });
  return delays;
}
