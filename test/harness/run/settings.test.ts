import { describe, expect, it } from "vitest";
import { registry } from "../../../envs/index.ts";
import { splitSettings } from "../../../harness/run/settings.ts";

describe("splitSettings", () => {
  const spec = registry.spec("congestion");

  it("reads settings as the environment wants them", () => {
    expect(splitSettings(spec, [])).toEqual({});
    expect(splitSettings(spec, ["information=int,senders", "window=2"])).toEqual({
      information: "int,senders",
      window: 2,
    });
  });

  it.each([
    ["one there is not", "informatio=int", /unknown option .*"informatio"; did you mean "information"/],
    ["a value that only the environment can judge", "information=all", /ecn, int, remaining, senders, got "all"/],
    ["one that some workloads have no use for", "senders=4", /workload lone has no option senders/],
    ["a workload", "workload=incast", /the workloads are those of each split/],
  ])("refuses %s", (_, setting, message) => {
    expect(() => splitSettings(spec, [setting])).toThrow(message);
  });
});
