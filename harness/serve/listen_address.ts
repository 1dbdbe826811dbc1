import { UsageError } from "../run/usage_error.ts";

/** Longest path of a Unix socket, bytes: `sun_path` of unix(7) without its final zero. Node cuts longer ones off. */
const MAX_PATH_BYTES = 107;

/** Where a server listens. */
export type ListenAddress = { kind: "unix"; path: string } | { kind: "tcp"; host: string; port: number };

/** Reads `unix:PATH` or `tcp:HOST:PORT`; an IPv6 address stands in brackets. @throws UsageError */
export function parseListenAddress(text: string): ListenAddress {
  const [, path] = /^unix:(.+)$/s.exec(text) ?? [];
  if (path !== undefined) {
    if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
      throw new UsageError(`the path of a Unix socket may have ${MAX_PATH_BYTES} bytes: ${path}`);
    }
    return { kind: "unix", path };
  }
  const [, address, name, port] = /^tcp:(?:\[([\da-fA-F:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new UsageError(`an address to listen at is unix:PATH or tcp:HOST:PORT, port 0 to 65535, got "${text}"`);
  }
  return { kind: "tcp", host: address ?? name, port: Number(port) };
}

/** The text that `parseListenAddress` reads. */
export function listenAddressText(address: ListenAddress): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `tcp:${host}:${address.port}`;
}
