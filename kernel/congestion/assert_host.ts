/**
 * Throws a RangeError unless `host` is one of `hosts` hosts.
 *
 * @param who names the owner of the host in the message
 */
export function assertHost(who: string, host: number, hosts: number): void {
  if (Number.isInteger(host) && host >= 0 && host < hosts) return;
  throw new RangeError(`${who}: a host must be 0 to ${hosts - 1}, got ${host}`);
}
