import { expect, test } from "vitest";
import { assertCongestionWorkload } from "../../../kernel/congestion/assert_workload.ts";
import { importConnectionMatrix } from "../../../workloads/congestion/importers/connection_matrix.ts";
import {
  type FlowListOptions,
  importFlowList,
  isFlowList,
} from "../../../workloads/congestion/importers/import_flow_list.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";

test("takes four columns and six, a count, comments, blank lines and any order", () => {
  const workload = importFlowList("# flows\r\n3\r\n\r\n0 1 2000 2.0000015\r\n5 0 10 2 # early\n 1\t2 7 2.1\n", {
    name: "list",
    gbps: 25,
    delayNs: 500,
  });
  assertCongestionWorkload(workload);
  expect(workload.name).toBe("list");
  expect(workload.messages.map(({ src, dst, bytes, start }) => [src, dst, bytes, start])).toEqual([
    [5, 0, 10, 0],
    [0, 1, 2000, 1500],
    [1, 2, 7, 100_000_000],
  ]);
  expect([workload.topology.hosts, workload.topology.rate[0], workload.topology.delay[0]]).toEqual([6, 3.125, 500]);
  const six = importFlowList("2\n0 1 3 100 2000000 0.001\n2 1 3 100 1000 0.001\n");
  expect(six.messages.map(({ src, bytes, start }) => [src, bytes, start])).toEqual([
    [0, 2_000_000, 0],
    [2, 1000, 0],
  ]);
  expect(six.topology.rate[0]).toBe(12.5);
});

test("names the line and the value that are wrong", () => {
  const refused = (text: string) => () => importFlowList(text, { file: "a.flows" });
  expect(refused("")).toThrow(new TraceFormatError({ file: "a.flows" }, "there is no flow in the list"));
  expect(refused("4\n")).toThrow("a.flows: there is no flow in the list");
  expect(refused("2\n0 1 5 0\n")).toThrow("a.flows:1: the list says 2 flows, found 1");
  expect(refused("x\n0 1 5 0\n")).toThrow("a.flows:1: the number of flows must be a whole number from 1 to");
  expect(refused("0 1 5\n")).toThrow(
    "a.flows:1: expected the columns src dst bytes start or src dst pg dport bytes start, found 3",
  );
  expect(refused("0 1 5 0\n#\n-1 1 5 0")).toThrow('a.flows:3: src must be a whole number from 0 to 4095, got "-1"');
  expect(refused("0 4096 5 0")).toThrow('dst must be a whole number from 0 to 4095, got "4096"');
  expect(refused("3 3 5 0")).toThrow("a.flows:1: dst must be another host than src, got 3");
  expect(refused("0 1 0 0")).toThrow('bytes must be a whole number from 1 to 1000000000000, got "0"');
  expect(refused("0 1 2.5 0")).toThrow('got "2.5"');
  expect(refused("0 1 5 -1")).toThrow('a.flows:1: start must be 0 to 1000000 s, got "-1"');
  expect(refused("0 1 5 soon")).toThrow('got "soon"');
  expect(() => importFlowList("0 1 5 0", { gbps: 0 })).toThrow("gbps must be above 0 and at most 1600 Gb/s, got 0");
});

test("tells a flow list from other texts", () => {
  expect(isFlowList("# list\n\n12\n0 1 5 0\n")).toBe(true);
  expect(isFlowList("0 1 5 0")).toBe(true);
  expect(isFlowList("0 1 3 100 5 0.1")).toBe(true);
  expect(isFlowList("0 1 5")).toBe(false);
  expect(isFlowList("src dst bytes start")).toBe(false);
  expect(isFlowList("# nothing")).toBe(false);
});

/** Plays a list and returns its messages, with the format and the notes that are reported. */
function played(text: string, options: FlowListOptions = {}) {
  const reports: [string, ...string[]][] = [];
  const { messages } = importFlowList(text, {
    ...options,
    onFormat: ({ name }, notes) => reports.push([name, ...notes]),
  });
  return { messages: messages.map(({ src, dst, bytes, start }) => [src, dst, bytes, start]), reports };
}

test("plays the first N flows, and takes notes behind them", () => {
  const text =
    "2\n1 0 3 100 20000 2\n2 0 3 100 20000 2\n3 0 3 100 15000 2\n\nColumns of a line:\nfrom to 3 port size begin\n";
  const { messages, reports } = played(text);
  expect(messages).toEqual([
    [1, 0, 20000, 0],
    [2, 0, 20000, 0],
  ]);
  expect(reports).toEqual([["hpcc", "the first 2 of 3 flows are played, as the first line says"]]);
  expect(() => importFlowList("30 \n0 1 3 100 2000 2.1\n1 2 3 100 2000 2.2\n")).toThrow(
    "trace:1: the list says 30 flows, found 2: to play them, write 2 in this line or delete it",
  );
});

test.each([
  ["plain", "0 1 2000 0\n", [0, 1, 2000, 0]],
  ["hpcc", "0 1 3 100 2000 2\n", [0, 1, 2000, 0]],
  ["hpcc-stop", "0 1 3 100 2000 2 9.5\n", [0, 1, 2000, 0]],
  ["conweave", "0 1 3 2000 2.1\n", [0, 1, 2000, 0]],
  ["rdma", "0 1 3 20 2.1 9.5\n", [0, 1, 20000, 0]],
  ["rdma", "0 1 3 1000000000 0.1 0.2\n", [0, 1, 1.25e9, 0]],
  ["plain-stop", "0 1 2000 2 3\n", [0, 1, 2000, 0]],
  ["plain-stop", "# source destination size start_time end_time\n0 1 2000 2 3\n", [0, 1, 2000, 0]],
  ["rdma", "src dst pg packets start stop\n0 1 3 20 2 9\n", [0, 1, 20000, 0]],
  ["named", "start bytes src dst\n3 2000 0 1\n", [0, 1, 2000, 0]],
  ["plain", "0,1,2000,0.5\n", [0, 1, 2000, 0]],
  ["plain", '"0"; "1"; "2000"; "0.5"\r\n', [0, 1, 2000, 0]],
  ["plain", "src,dst,size,start\r0,1,2000,0.5\r", [0, 1, 2000, 0]],
  ["plain", "src dst size_bytes start(us)\n1 2 2000 7\n", [1, 2, 2000, 0]],
  ["numbered", "flow_id from to size start_time\n0 1 2 2000 0\n", [1, 2, 2000, 0]],
])("recognises %s: %j", (name, text, message) => {
  const { messages, reports } = played(text);
  expect([reports[0][0], messages]).toEqual([name, [message]]);
});

test.each([
  ["0 1 3 20 2 9\n", /src dst pg dport bytes start or src dst pg packets start stop: .*--workload-format hpcc or rdma/],
  ["0 1 100 20000 2\n", /--workload-format plain-stop or conweave/],
  ["0 1 1 2\n1 0 1 2\n", /:1: every message has at most 8 bytes \(here 1\)/],
  ["0 1 2000 2.1\n0 1 2000 0\n1 0 2000 2.1\n", /:2: a start of 0 s, but all others are at 2\.1 s or later/],
  ["0 1 2000 0\n0 1 2000 5000\n", /:2: a start of 5000 s, more than 1000 s after the first: is it in seconds/],
  ["0x0 1 2000 0\n", /:1: src must be a whole number from 0 to 4095, got "0x0"/],
  ["0 1 2KB 0\n", /:1: bytes must be a whole number .*, got "2KB"/],
  ["0 1 2000 5us\n", /:1: start must be 0 to 1000000 s, got "5us"/],
  ["1 0 1 2000 0\n2 1 2 2000 1\n", /src dst pg bytes start or id src dst bytes start: .*conweave or numbered/],
  ["# src dst size_kb start\n0 1 2 0\n", /:1: the columns "src dst size_kb start" are not known: name them/],
  ["src dst bytes start_weeks\n0 1 2000 0\n", /:1: the columns "src dst bytes start_weeks" are not known/],
])("refuses what is uncertain or absurd: %j", (text, message) => {
  expect(() => importFlowList(text)).toThrow(message);
});

test("recognises a first column that numbers the lines, where no other format is possible", () => {
  const { messages, reports } = played("0 0 1 2000 0\n1 1 0 2000 1\n");
  expect(reports[0][0]).toBe("numbered");
  expect(messages).toEqual([
    [0, 1, 2000, 0],
    [1, 0, 2000, 1_000_000_000],
  ]);
});

test("reads times in the unit that a heading states", () => {
  const { messages } = played("# src dst bytes start_ms\n0 1 2000 0\n1 0 2000 5\n");
  expect(messages.map(([, , , start]) => start)).toEqual([0, 5_000_000]);
  const stop = played("src dst bytes start[us] stop[us]\n0 1 2000000 0 8\n").messages;
  expect(stop).toEqual([[0, 1, 100_000, 0]]);
});

test("takes a stated format as it is", () => {
  expect(played("0 1 3 20 2 9\n", { format: "rdma" }).messages).toEqual([[0, 1, 20000, 0]]);
  expect(played("0 1 3 20 2 9\n", { format: "hpcc" }).messages).toEqual([[0, 1, 2, 0]]);
  expect(() => importFlowList("0 1 1 2\n", { format: "plane" })).toThrow(
    /"plane" is no format of flow lists; allowed: plain/,
  );
});

test("plays connection matrices of htsim", () => {
  const text = "Nodes 4\nConnections 2\n0->3 start 0 size 20000\n1->3 id 2 start 5000000 size 20000 prio 3\n";
  const { messages, topology } = importConnectionMatrix(text);
  expect(messages.map(({ src, dst, bytes, start }) => [src, dst, bytes, start])).toEqual([
    [0, 3, 20000, 0],
    [1, 3, 20000, 5000],
  ]);
  expect(topology.hosts).toBe(4);
  const refused = (line: string) => () => importConnectionMatrix(`Nodes 4\n${line}\n`, { file: "a.cm" });
  expect(refused("0->3 id 1 trigger 1 size 9")).toThrow("a.cm:2: a connection that a trigger starts cannot be played");
  expect(refused("0->3 start 0")).toThrow(
    'a.cm:2: size must be a whole number from 1 to 1000000000000, got "undefined"',
  );
  expect(refused("0->3 size 9 start soon")).toThrow('start must be 0 to 1000000000000000000 ps, got "soon"');
  expect(refused("0->0 size 9 start 0")).toThrow("dst must be another host than src, got 0");
  expect(refused("Connections 2\n0->3 size 9 start 0")).toThrow("the matrix says 2 connections, found 1");
});
