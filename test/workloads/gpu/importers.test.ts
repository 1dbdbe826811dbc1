import { describe, expect, test } from "vitest";
import { assertWorkload } from "../../../kernel/gpu/workload.ts";
import { TraceFormatError } from "../../../workloads/format/trace_format_error.ts";
import { disbWorkload } from "../../../workloads/gpu/disb.ts";
import { standaloneNs } from "../../../workloads/gpu/disb_client.ts";
import { importAzure } from "../../../workloads/gpu/importers/import_azure.ts";
import { importBurstGpt } from "../../../workloads/gpu/importers/import_burst_gpt.ts";
import { importDisb } from "../../../workloads/gpu/importers/import_disb.ts";
import { importOrion } from "../../../workloads/gpu/importers/import_orion.ts";
import { importReef } from "../../../workloads/gpu/importers/import_reef.ts";
import { profileWorkload } from "../../../workloads/gpu/profile_workload.ts";

const client = { model_name: "vgg19-imagenet", batch_size: 1 };
const periodic = { type: "periodic", priority: 0, frequency: 20 };
const continuous = { type: "continuous" };

function disb(tasks: object[], time = 1): string {
  return JSON.stringify({ time, tasks });
}

describe("importDisb", () => {
  test("rebuilds the published task lists", () => {
    const text = disb(
      [
        { id: "vgg19_rt", load: { ...periodic, frequency: 100 }, client },
        { id: "resnet152_be", load: continuous, client: { model_name: "resnet152-imagenet" } },
      ],
      60,
    );
    const imported = importDisb(text, { name: "disb-a" });
    const built = disbWorkload("A");
    assertWorkload(imported);
    expect(imported.durationNs).toBe(60e9);
    expect(imported.sharing).toBe("streams");
    expect(imported.groups.map(({ name, critical, arrivals }) => [name, critical, arrivals])).toEqual(
      built.groups.map(({ name, critical, arrivals }) => [name, critical, arrivals]),
    );
    imported.groups.forEach((group, i) => {
      expect(standaloneNs(group) / standaloneNs(built.groups[i])).toBeCloseTo(1, 1);
    });
    expect(importDisb(text, { durationNs: 2e9 }).groups[0].arrivals!.length).toBe(200);
    expect(importDisb(text, { durationNs: 9e12 }).durationNs).toBe(60e9);
  });

  test("begins periodic tasks of one frequency one after another", () => {
    const task = (id: string, load: object) => ({ id, load, client });
    const { groups } = importDisb(
      disb([
        task("a_rt", periodic),
        task("b_rt", { type: "periodic", frequency: 20 }),
        task("c_rt", { ...periodic, frequency: 30 }),
        task("d_be", { ...periodic, priority: 1 }),
      ]),
    );
    expect(groups.map(({ arrivals }) => arrivals![0])).toEqual([0, standaloneNs(groups[0]), 0, 0]);
    expect(groups.map(({ critical }) => critical)).toEqual([true, true, true, false]);
  });

  test("takes Poisson, traced and dependent loads", () => {
    const text = disb([
      { id: "p_rt", load: { type: "poisson", frequency: 200 }, client },
      { id: "t_rt", load: { type: "trace", trace: [120, 0, 38792, 365] }, client },
      { id: "d_rt", load: { type: "dependent", prev_task_ids: ["p_rt", "t_rt"] }, client },
      { id: "never", load: { type: "periodic", frequency: 0, priority: 1 }, client },
    ]);
    const workload = importDisb(text, { seed: 3 });
    assertWorkload(workload);
    const [poisson, trace, dependent, never] = workload.groups;
    expect(poisson.arrivals![0]).toBe(0);
    expect(poisson.arrivals!.length).toBeGreaterThan(140);
    expect(poisson.arrivals!.length).toBeLessThan(260);
    expect(importDisb(text, { seed: 3 })).toEqual(workload);
    expect(importDisb(text, { seed: 4 }).groups[0].arrivals).not.toEqual(poisson.arrivals);
    expect([...trace.arrivals!]).toEqual([0, 120e6, 365e6]);
    expect(dependent.arrivals).toBe(null);
    expect(dependent.after).toEqual([0, 1]);
    expect(never.arrivals!.length).toBe(0);
  });

  test("reads what GPreempt adds, and the format's older names", () => {
    const { groups } = importDisb(
      disb([
        {
          id: "vgg_rt",
          load: periodic,
          client: { model_name: "vgg", priority: 0, preprocess_time: 200, batch_size: 2 },
        },
        { id: "resnet152_be", load: periodic, client: { model_name: "resnet152", priority: 1 } },
        { strategy: { ...periodic, priority: 1 }, client: { name: "old", model_name: "mobilenet" } },
      ]),
    );
    expect(groups.map(({ critical }) => critical)).toEqual([true, false, false]);
    expect(groups[0].prepNs).toBe(200_000);
    expect(groups[0].sequence.ends[groups[0].sequence.ends.length - 1] / 5.32e6).toBeCloseTo(1, 3);
    expect(groups[2].name).toBe("old");
  });

  test("plays models of other toolkits by the model that stands for them", () => {
    const models = ["bert", "vgg", "miniweather", "bfs", "sssp", "pagerank", "cc", "distilbert"];
    const standIns: string[] = [];
    const text = disb(models.map((model) => ({ id: `${model}_rt`, load: periodic, client: { model_name: model } })));
    const workload = importDisb(`\uFEFF${text}`, { onStandIn: (name, model) => standIns.push(`${name} ${model}`) });
    assertWorkload(workload);
    expect(standIns).toEqual([
      "bert distilbert",
      "vgg vgg19",
      "miniweather stencil-steps",
      "bfs graph-steps",
      "sssp graph-steps",
      "pagerank graph-steps",
      "cc graph-steps",
    ]);
  });

  test.each([
    ["{", /file\.json: not JSON: /],
    ["[]", /the file: Invalid input: expected object, .*got \[\]/],
    [disb([]), /tasks: .*got \[\]/],
    [disb([{ load: periodic, client }], -1), /time: .*got -1/],
    [disb([{ load: { type: "batch" }, client }]), /tasks\.0\.load\.type: .*"continuous".*got "batch"/],
    [disb([{ client }]), /tasks\.0 \(task-0\): there is no load/],
    [disb([{ id: "x_rt", load: { type: "poisson" }, client }]), /tasks\.0 \(x_rt\): a poisson load needs a frequency/],
    [
      disb([{ load: { type: "poisson", frequency: 1e6 }, client }], 60),
      /at most 5000000 requests are possible, got 60000000/,
    ],
    [disb([{ load: { type: "trace" }, client }]), /a trace load needs a trace/],
    [disb([{ load: { type: "dependent" }, client }]), /needs prev_task_ids/],
    [
      disb([{ id: "a_rt", load: { type: "dependent", prev_task_ids: ["b"] }, client }]),
      /no other task "b".*allowed: a_rt/,
    ],
    [disb([{ load: periodic, client: { model_name: "gpt" } }]), /no model "gpt"; allowed: mobilenetv2-4/],
    [disb(Array(17).fill({ load: periodic, client })), /at most 16 tasks are possible, got 17/],
    [disb([{ id: "a_be", load: continuous, client }]), /no task is critical/],
    [
      disb([
        { id: "a_rt", load: periodic, client },
        { id: "b", load: { type: "dependent", prev_task_ids: ["c"] }, client },
        { id: "c", load: { type: "dependent", prev_task_ids: ["b"] }, client },
      ]),
      /tasks must not depend on each other in a circle: b -> c -> b/,
    ],
    [
      disb([
        { id: "a_rt", load: periodic, client },
        { id: "a_rt", load: periodic, client },
        { id: "b", load: { type: "dependent", prev_task_ids: ["a_rt"] }, client },
      ]),
      /several tasks are called "a_rt"/,
    ],
    [disb([{ load: periodic, client: { model_name: "constructor" } }]), /no model "constructor"; allowed: .*bert/],
  ])("refuses %s", (text, message) => {
    const open = () => importDisb(text, { file: "file.json" });
    expect(open).toThrow(TraceFormatError);
    expect(open).toThrow(message);
  });
});

describe("disbWorkload", () => {
  test.each([
    ["A", 2, 100],
    ["B", 2, null],
    ["C", 6, 100],
  ] as const)("%s has the measured clients", (name, clients, rate) => {
    const workload = disbWorkload(name, { durationNs: 1e9 });
    assertWorkload(workload);
    expect(workload.groups.length).toBe(clients);
    expect(workload.groups.filter(({ critical }) => critical).map((group) => group.name)).toEqual(["vgg19_rt"]);
    expect(workload.groups[0].arrivals?.length ?? null).toBe(rate);
    expect(disbWorkload(name, { durationNs: 1e9 })).toEqual(workload);
  });
});

describe("importOrion", () => {
  const heading = "Name,Profile,Memory_footprint,SM_usage,Duration\n";

  test("reads kernels", () => {
    const sequence = importOrion(`${heading}Conv,1,0,49,26688\r\nBatchNorm,0,0,160,23328\nadd,-1,0,0,3000\n`, {
      name: "net_32_fb1",
    });
    expect([...sequence.durations]).toEqual([26688, 23328, 3000]);
    expect([...sequence.limit]).toEqual([1, 0, -1]);
    expect(sequence.occupancy[0]).toBeCloseTo(49 / 80);
    expect(sequence.occupancy[1]).toBe(1);
    expect([...sequence.blockNs]).toEqual([26688, 11664, 3000]);
    expect(sequence.idempotent).toBe(false);
    const workload = profileWorkload(sequence, { durationNs: 1e9 });
    assertWorkload(workload);
    expect(workload.groups.map(({ critical }) => critical)).toEqual([true, false]);
  });

  test.each([
    ["Name,Duration\nx,1\n", /p\.csv:1: the heading must be Name,.*missing: Profile, Memory_footprint, SM_usage; got/],
    [`${heading}a,"1,0,1,5000\n`, /p\.csv:2: a quote that does not end/],
    [heading, /p\.csv: there is no record/],
    [`${heading}a,1,0,1,5000\nf<int, 2>,1,0,1,5000\n`, /p\.csv:3: expected 5 columns, found 6/],
    [`${heading}a,2,0,1,5000\n`, /p\.csv:2: Profile must be a number, -1 to 1, got "2"/],
    [`${heading}a,1,0,1,\n`, /p\.csv:2: Duration must be a number, 1 to /],
    [`${heading}a,1,0,1,1\na,1,0,1,2\n`, /p\.csv:2: kernels take 1\.5 ns on average: a placeholder/],
  ])("refuses %j", (text, message) => {
    expect(() => importOrion(text, { file: "p.csv" })).toThrow(message);
  });
});

describe("importReef", () => {
  test("scales the kernels to the model's time", () => {
    const kernel_latency = {
      a: { total_latency: 10, latency: [5, 10] },
      b: { total_latency: 30, latency: [30] },
    };
    const sequence = importReef(JSON.stringify({ model_latency: 80, kernel_latency }));
    expect([...sequence.durations]).toEqual([20_000, 60_000]);
    expect([...sequence.blockNs]).toEqual([10_000, 60_000]);
  });

  test.each([
    ["{}", /model_latency: /],
    ['{"model_latency":1,"kernel_latency":{}}', /kernel_latency: there must be a kernel, got \{\}/],
    ['{"model_latency":1,"kernel_latency":{"a":{"total_latency":0,"latency":[1]}}}', /a\.total_latency: .*got 0/],
  ])("refuses %s", (text, message) => {
    expect(() => importReef(text)).toThrow(message);
  });
});

describe("importAzure", () => {
  const heading = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

  test("reads prompts up to the run's end", () => {
    const text = `${heading}2023-11-16 23:59:59.9000000,1024,10\n2023-11-17 00:00:00.4000001,2048,1\n2023-11-18 00:00:00,1,1\n`;
    const workload = importAzure(text);
    assertWorkload(workload);
    const [prefill, training] = workload.groups;
    expect([...prefill.arrivals!]).toEqual([0, 500_000_100]);
    expect(prefill.declared[0]).toBe(1);
    expect(prefill.declared[1]).toBeCloseTo(1.756, 3);
    expect(training.critical).toBe(false);
  });

  test.each([
    ["a byte-order mark", `\uFEFF${heading}2023-11-16 00:00:00.5,9,1\n`],
    ["quotes", `"TIMESTAMP","ContextTokens", "GeneratedTokens"\r\n"2023-11-16 00:00:00.5",9,1\r\n`],
    ["an index column", ",TIMESTAMP,ContextTokens,GeneratedTokens\n0,2023-11-16 00:00:00.5,9,1\n"],
    ["another order", "GeneratedTokens, contexttokens ,TIMESTAMP\n1,9,2023-11-16 00:00:00.5"],
    ["a zone", `${heading}2024-05-11 00:00:01+00:00,9,1\n`],
    ["a zone of Z and a T", `${heading}2024-05-11T00:00:01Z,9,1\n`],
  ])("takes %s", (_, text) => {
    const [prefill] = importAzure(text).groups;
    expect([...prefill.arrivals!]).toEqual([0]);
    expect(prefill.declared[0]).toBeCloseTo(53.4 / 77.9);
  });

  test("takes zones into account, and reads only as far as the run needs it", () => {
    function* parts(): Generator<string> {
      yield `${heading}2024-05-11 01:00:00.25+01:00,9`;
      yield ",1\n2024-05-11 00:00:00.75+00:00,9,1\n2024-05-11 00:00:01.5-00:30,9,1\nbroken\n";
      throw new Error("read too far");
    }
    expect([...importAzure(parts(), { durationNs: 1e9 }).groups[0].arrivals!]).toEqual([0, 500_000_000]);
  });

  test.each([
    ["TIMESTAMP,ContextTokens\n", /missing: GeneratedTokens; got TIMESTAMP,ContextTokens/],
    ["TIMESTAMP,TIMESTAMP,ContextTokens,GeneratedTokens\n", /TIMESTAMP stands there twice/],
    [
      `${heading}2023-02-30 00:00:01,1,1\n`,
      /t\.csv:2: TIMESTAMP must be a date that exists, got "2023-02-30 00:00:01"/,
    ],
    [`${heading}2023-02-03 24:00:01,1,1\n`, /must be a time of day, 00:00:00 to 23:59:59, zones to 14:00, got/],
    [`${heading}2023-02-03 00:00:01,1,1\n2023-02-03 00:00:02Z,1,1\n`, /t\.csv:3: TIMESTAMP has a time zone, but/],
    [`${heading}yesterday,1,1\n`, /t\.csv:2: TIMESTAMP must be like .* got "yesterday"/],
    [`${heading}2023-11-16 00:00:01,1,1\n2023-11-16 00:00:00,1,1\n`, /t\.csv:3: 2023-11-16 00:00:00 is before/],
    [`${heading}2023-11-16 00:00:01,many,1\n`, /t\.csv:2: ContextTokens must be a number, at least 0, got "many"/],
  ])("refuses %j", (text, message) => {
    expect(() => importAzure(text, { file: "t.csv" })).toThrow(message);
  });
});

describe("importBurstGpt", () => {
  const heading = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n";

  test("reads prompts at their seconds", () => {
    const workload = importBurstGpt(
      `${heading}5,M,1024,18,418,Conversation log\n45,M,2048,1,1,API log\n999,M,1,1,1,x\n`,
    );
    assertWorkload(workload);
    expect([...workload.groups[0].arrivals!]).toEqual([0, 40e9]);
    expect(workload.groups[0].declared[0]).toBe(1);
  });

  test.each([
    ["Timestamp,Model\n5,M\n", /missing: Request tokens, Response tokens; got Timestamp,Model/],
    [`${heading}soon,M,1,1,1,x\n`, /b\.csv:2: Timestamp must be a number, 0 to 1000000000, got "soon"/],
    [`${heading}5,M,1,1,1,x\n4,M,1,1,1,x\n`, /b\.csv:3: 4 is before the request above it/],
  ])("refuses %j", (text, message) => {
    expect(() => importBurstGpt(text, { file: "b.csv" })).toThrow(message);
  });
});
