import { expect, test } from "vitest";
import { assertCongestionWorkload } from "../../../kernel/congestion/assert_workload.ts";
import { DEFAULT_SMC_SETTINGS } from "../../../kernel/congestion/smc/constants.ts";
import type { SmcTraffic } from "../../../kernel/congestion/smc/traffic.ts";
import { singleSwitch } from "../../../kernel/congestion/topologies/single_switch.ts";
import type { CongestionWorkload, Message } from "../../../kernel/congestion/workload.ts";
import { message } from "../../../workloads/congestion/generators/message.ts";

const topology = singleSwitch({ hosts: 3, gbps: 100, delayNs: 1000 });

function workload(messages: Message[], smc: SmcTraffic | null = null): CongestionWorkload {
  return { name: "w", topology, messages, makespan: false, smc };
}

function refusal(...messages: Message[]): () => void {
  return () => assertCongestionWorkload(workload(messages));
}

const flow = { src: 0, dst: 1, bytes: 1 };

test("possible messages are accepted", () => {
  assertCongestionWorkload(
    workload([
      message(flow),
      message({ ...flow, group: 4, connection: 2 }),
      message({ ...flow, group: 4, connection: 2, start: 7 }),
      message({ src: 2, dst: 1, bytes: 9, after: 4, group: 0 }),
      message({ ...flow, after: 0 }),
    ]),
  );
});

test("impossible messages are refused in one line", () => {
  expect(refusal()).toThrow("w: a workload must have at least one message or request, got none");
  expect(refusal(message({ ...flow, dst: 3 }))).toThrow("w: message 0: a host must be 0 to 2, got 3");
  expect(refusal(message({ ...flow, src: 0.5 }))).toThrow("w: message 0: a host must be 0 to 2, got 0.5");
  expect(refusal(message({ ...flow, dst: 0 }))).toThrow("w: message 0: a message must go to another host, got 0 to 0");
  expect(refusal(message({ ...flow, bytes: 0 }))).toThrow("w: message 0: bytes must be a whole number >= 1, got 0");
  expect(refusal(message({ ...flow, start: -1 }))).toThrow("start (ns) must be a whole number >= 0, got -1");
  expect(refusal(message({ ...flow, group: -2 }))).toThrow("group must be -1 or a whole number >= 0, got -2");
  expect(refusal(message({ ...flow, connection: 1 }), message({ src: 1, dst: 0, bytes: 1, connection: 1 }))).toThrow(
    "w: message 1: connection 1 goes from 0 to 1, got 1 to 0",
  );
});

test("groups that do not exist or wait for themselves are refused", () => {
  expect(refusal(message({ ...flow, after: 0 }))).toThrow(
    "w: message 0: after must be -1 or a group of some message, got 0",
  );
  expect(refusal(message({ ...flow, after: 0, group: 0 }))).toThrow(
    "w: groups must not wait for each other in a circle, got group 0 in one",
  );
  expect(
    refusal(
      message({ ...flow, group: 5 }),
      message({ ...flow, after: 1, group: 0 }),
      message({ ...flow, after: 5, group: 1 }),
      message({ ...flow, after: 0, group: 1 }),
    ),
  ).toThrow("w: groups must not wait for each other in a circle, got group 0 in one");
});

const socket = { client: 0, server: 1, transport: "smc-r", readDelayNs: 0 } as const;
const request = { connection: 0, start: 0, requestBytes: 1, responseBytes: 1, serviceNs: 0 };

function sockets(changes: Partial<SmcTraffic>): () => void {
  const smc = { connections: [socket], requests: [request], settings: DEFAULT_SMC_SETTINGS, ...changes };
  return () => assertCongestionWorkload(workload([], smc));
}

test("sockets and requests are checked as well", () => {
  sockets({})();
  sockets({ connections: [{ ...socket, server: 0, transport: "smc-d" }] })();
  expect(sockets({ requests: [] })).toThrow("w: a workload must have at least one message or request");
  expect(sockets({ connections: [{ ...socket, client: 9 }] })).toThrow("w: socket 0: a host must be 0 to 2, got 9");
  expect(sockets({ connections: [{ ...socket, server: 0 }] })).toThrow("smc-r must connect programs on two machines");
  expect(sockets({ connections: [{ ...socket, transport: "smc-d" }] })).toThrow("smc-d must connect programs on one");
  expect(sockets({ requests: [{ ...request, connection: 1 }] })).toThrow(
    "w: request 0: connection must be a socket from 0 to 0, got 1",
  );
  expect(sockets({ requests: [{ ...request, requestBytes: 0 }] })).toThrow("requestBytes must be a whole number >= 1");
  expect(sockets({ requests: [{ ...request, start: 5 }, request] })).toThrow(
    "w: request 1: requests must be sorted by start",
  );
  expect(sockets({ settings: { ...DEFAULT_SMC_SETTINGS, links: 0 } })).toThrow(
    "w: links must be a whole number >= 1, got 0",
  );
});
