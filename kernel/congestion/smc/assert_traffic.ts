import { assertWhole } from "../../assert_whole.ts";
import { assertHost } from "../assert_host.ts";
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
      throw new RangeError(
        `${who}: requests must be sorted by start, got ${request.start} after ${requests[index - 1].start}`,
      );
    }
  });
}

function assertSettings(name: string, settings: SmcSettings): void {
  const { sendBuffer, rmbe, sendSlots, links, windowUpdate, callBytes = 1, receiveBuffer = 1, hostCosts } = settings;
  for (const [what, value] of Object.entries({ sendBuffer, sendSlots, links, callBytes, receiveBuffer })) {
    assertWhole(`${name}: ${what}`, value, 1);
  }
  // The receiver would never announce progress on a smaller buffer, see `updateLimit`.
  assertWhole(`${name}: rmbe`, rmbe, UPDATE_BYTES + 1);
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
  assertHost(who, client, hosts);
  assertHost(who, server, hosts);
  if (!["smc-r", "smc-d", "tcp"].includes(transport)) {
    throw new RangeError(`${who}: transport must be smc-r, smc-d or tcp, got ${transport}`);
  }
  if ((client === server) !== (transport === "smc-d")) {
    const wanted = transport === "smc-d" ? "one machine" : "two machines";
    throw new RangeError(`${who}: ${transport} must connect programs on ${wanted}, got hosts ${client} and ${server}`);
  }
  assertWhole(`${who}: readDelayNs`, readDelayNs, 0);
}

function assertRequest(who: string, request: SmcRequest, connections: number): void {
  const { connection, start, requestBytes, responseBytes, serviceNs } = request;
  if (!(Number.isInteger(connection) && connection >= 0 && connection < connections)) {
    throw new RangeError(`${who}: connection must be a socket from 0 to ${connections - 1}, got ${connection}`);
  }
  assertWhole(`${who}: requestBytes`, requestBytes, 1);
  for (const [what, value] of Object.entries({ responseBytes, start, serviceNs })) {
    assertWhole(`${who}: ${what}`, value, 0);
  }
}
