import { expect, test } from "vitest";
import { assertCongestionWorkload } from "../../../kernel/congestion/assert_workload.ts";
import { importFlowList, isFlowList } from "../../../workloads/congestion/importers/import_flow_list.ts";
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
