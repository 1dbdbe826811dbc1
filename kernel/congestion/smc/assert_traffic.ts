import { UPDATE_BYTES } from "./constants.ts";
import type { SmcConnection, SmcRequest, SmcSettings, SmcTraffic } from "./traffic.ts";

/** Throws a RangeError that names the first impossible property of the traffic between `hosts` hosts. */
export function assertSmcTraffic(name: string, { connections, requests, settings }: SmcTraffic, hosts: number): void {
  assertSettings(name, settings);
  connections.forEach((connection, index) => {
    assertConnection(`${name}: socket ${index}`, connection, hosts);
  });
  requests.forEach((request, index) => {
    const who = `${name}: request ${index}`;
    assertRequest(who, request, connections.length);
    if (index > 0 && request.start < requests[index - 1].start) {
      throw new RangeError(`${who}: requests must be in the order of their start, got ${request.start}`);
    }
  });
}

function assertSettings(name: string, settings: SmcSettings): void {
  const { sendBuffer, rmbe, sendSlots, links, windowUpdate, callBytes = 1, receiveBuffer = 1, hostCosts } = settings;
  for (const [what, value] of Object.entries({ sendBuffer, sendSlots, links, callBytes, receiveBuffer })) {
    whole(name, what, value, 1);
  }
  // The receiver would never announce progress on a smaller buffer, see `updateLimit`.
  whole(name, "rmbe", rmbe, UPDATE_BYTES + 1);
  if (windowUpdate !== "max" && windowUpdate !== "min") {
    throw new RangeError(`${name}: windowUpdate must be max or min, got ${windowUpdate}`);
  }
  for (const [what, value] of Object.entries(hostCosts ?? {})) {
    if (value >= 0 && value < Number.POSITIVE_INFINITY) continue;
    throw new RangeError(`${name}: host cost ${what} must be a number of ns >= 0, got ${value}`);
  }
}

function assertConnection(who: string, connection: SmcConnection, hosts: number): void {
  const { client, server, transport, readDelayNs } = connection;
  for (const host of [client, server]) {
    if (Number.isInteger(host) && host >= 0 && host < hosts) continue;
    throw new RangeError(`${who}: a host is 0 to ${hosts - 1}, got ${host}`);
  }
  if (!["smc-r", "smc-d", "tcp"].includes(transport)) {
    throw new RangeError(`${who}: transport must be smc-r, smc-d or tcp, got ${transport}`);
  }
  if ((client === server) !== (transport === "smc-d")) {
    const wanted = transport === "smc-d" ? "one machine" : "two machines";
    throw new RangeError(`${who}: ${transport} is between programs on ${wanted}, got ${client} and ${server}`);
  }
  whole(who, "readDelayNs", readDelayNs, 0);
}

function assertRequest(who: string, request: SmcRequest, connections: number): void {
  const { connection, start, requestBytes, responseBytes, serviceNs } = request;
  if (!(Number.isInteger(connection) && connection >= 0 && connection < connections)) {
    throw new RangeError(`${who}: there is no socket ${connection}`);
  }
  whole(who, "requestBytes", requestBytes, 1);
  for (const [what, value] of Object.entries({ responseBytes, start, serviceNs })) whole(who, what, value, 0);
}

function whole(who: string, what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${who}: ${what} must be a whole number >= ${least}, got ${value}`);
}
