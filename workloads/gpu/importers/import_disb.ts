import { z } from "zod";
import { type GpuGroup, type GpuWorkload, MAX_GROUPS } from "../../../kernel/gpu/workload.ts";
import { hashKey, hashUniform } from "../../../kernel/random.ts";
import { InputFormatError } from "../../format/trace_format_error.ts";
import { disbGroup, evenArrivals, hostOf, standaloneNs } from "../disb_client.ts";
import { MODELS } from "../models.ts";
import type { GpuImportOptions } from "./gpu_import_options.ts";
import { parseJson } from "./parse_json.ts";

const LOADS = ["continuous", "periodic", "poisson", "trace", "dependent"] as const;

const load = z.looseObject({
  type: z.enum(LOADS),
  /** Requests per second. */
  frequency: z.number().min(0).max(1e6).optional(),
  priority: z.int().optional(),
  /** ms. */
  trace: z.array(z.number().min(0).max(1e9)).optional(),
  prev_task_ids: z.array(z.string()).min(1).optional(),
});

const task = z.looseObject({
  id: z.string().optional(),
  load: load.optional(),
  /** Name of `load` in older versions. */
  strategy: load.optional(),
  client: z.looseObject({
    name: z.string().optional(),
    model_name: z.string(),
    batch_size: z.int().min(1).max(1024).optional(),
    /** Used by GPreempt. */
    priority: z.int().optional(),
    /** Used by GPreempt, us. */
    preprocess_time: z.number().min(0).max(1e6).optional(),
  }),
});

/** Longest run, s: one hour. */
const MAX_SECONDS = 3600;

/** Most requests of a task in a run. */
const MAX_REQUESTS = 5_000_000;

const schema = z.looseObject({ time: z.number().min(1e-3).max(MAX_SECONDS), tasks: z.array(task).min(1) });

type Task = z.infer<typeof task>;
type Load = z.infer<typeof load>;

/** Model names in other toolkits that read this format. */
const ALIASES: Record<string, string> = {
  vgg: "vgg19",
  resnet: "resnet152",
  densenet: "densenet201",
  inception: "inceptionv3",
  mobilenet: "mobilenetv1",
  // The only BERT with a time on the GPU of DISB's other models.
  bert: "distilbert",
  // Programs of GPreempt without published times: a weather code's steps, and searches of a graph. Source: choice.
  miniweather: "stencil-steps",
  bfs: "graph-steps",
  sssp: "graph-steps",
  pagerank: "graph-steps",
  cc: "graph-steps",
};

/**
 * Reads a workload file of the DISB benchmark. Models have their TensorRT times on RTX 3080.
 *
 * A task is critical if its client has priority 0. If the client has no priority, the task is critical if its id ends
 * in `_rt`, or if its load has priority 0 and its id does not end in `_be`.
 *
 * Three rules are DISB's: periodic loads of priority 0 with the same frequency begin one after another; the first
 * Poisson request comes at once; a dependent task runs when each of its predecessors has finished one more request.
 * Unlike in DISB, a client that falls behind does not skip requests.
 *
 * @param options.onStandIn receives each model name that stands for a model of another name, in order
 * @throws InputFormatError that names what is wrong
 */
export function importDisb(
  text: string,
  options: GpuImportOptions & { onStandIn?: (name: string, model: string) => void } = {},
): GpuWorkload {
  const { file, name = "disb", seed = 0 } = options;
  const { time, tasks } = parseJson(text, schema, file);
  if (tasks.length > MAX_GROUPS) {
    throw new InputFormatError({ file }, `at most ${MAX_GROUPS} tasks are possible, got ${tasks.length}`);
  }
  const durationNs = Math.min(Math.round(time * 1e9), options.durationNs ?? Number.POSITIVE_INFINITY);
  const ids = tasks.map(({ id, client }, i) => id ?? client.name ?? `task-${i}`);
  const staggered = new Map<number, number>();
  const groups = tasks.map((task, i): GpuGroup => {
    const refuse = (problem: string): never => {
      throw new InputFormatError({ file }, `tasks.${i} (${ids[i]}): ${problem}`);
    };
    const load = task.load ?? task.strategy ?? refuse("there is no load");
    const model = modelOf(task.client.model_name) ?? refuse(unknownModel(task.client.model_name));
    const said = plainName(task.client.model_name);
    if (said !== model) options.onStandIn?.(said, model);
    const { batch_size: batch = 1, preprocess_time: beforeUs = hostOf(model).beforeUs } = task.client;
    const critical = isCritical(task, ids[i], load);
    const group = disbGroup({ name: ids[i], model, critical, arrivals: null, batch, host: { beforeUs } }, i, seed);
    const frequency = (): number => {
      const perS = load.frequency ?? refuse(`a ${load.type} load needs a frequency`);
      const requests = (perS * durationNs) / 1e9;
      if (requests > MAX_REQUESTS) refuse(`at most ${MAX_REQUESTS} requests are possible, got ${requests}`);
      return perS;
    };
    if (load.type === "periodic") {
      const first = delayOf(group, frequency(), staggered, load.priority);
      return { ...group, arrivals: evenArrivals(frequency(), first, durationNs) };
    }
    if (load.type === "poisson") {
      return { ...group, arrivals: poissonArrivals(frequency(), durationNs, hashKey(seed, "gpu/disb/poisson"), i) };
    }
    if (load.type === "trace") {
      return { ...group, arrivals: traceArrivals(load.trace ?? refuse("a trace load needs a trace"), durationNs) };
    }
    if (load.type === "dependent") {
      const before = load.prev_task_ids ?? refuse("a dependent load needs prev_task_ids");
      const unknown = before.find((id) => !ids.includes(id) || id === ids[i]);
      const twice = before.find((id) => ids.indexOf(id) !== ids.lastIndexOf(id));
      if (twice !== undefined) refuse(`several tasks are called "${twice}": it is not clear on which to depend`);
      if (unknown !== undefined) refuse(`there is no other task "${unknown}" to depend on; allowed: ${ids.join(", ")}`);
      return { ...group, thinkNs: 0, after: before.map((id) => ids.indexOf(id)) };
    }
    return group;
  });
  assertNoCircle(groups, file);
  if (!groups.some(({ critical }) => critical)) {
    throw new InputFormatError({ file }, "no task is critical: none has priority 0 or an id that ends in _rt");
  }
  return { name, groups, durationNs, sharing: "streams" };
}

function isCritical({ client }: Task, id: string, { priority }: Load): boolean {
  if (client.priority !== undefined) return client.priority === 0;
  if (id.endsWith("_rt")) return true;
  return priority === 0 && !id.endsWith("_be");
}

/**
 * Start of a periodic task, ns. A task of the highest priority starts after the first requests of earlier tasks with
 * the same frequency.
 */
function delayOf(group: GpuGroup, frequency: number, staggered: Map<number, number>, priority = 0): number {
  if (priority > 0) return 0;
  // DISB distinguishes frequencies by their integer part.
  const key = Math.trunc(frequency);
  const delay = staggered.get(key) ?? 0;
  staggered.set(key, delay + standaloneNs(group));
  return delay;
}

function plainName(name: string): string {
  return name.replace(/-imagenet$/, "");
}

function modelOf(name: string): string | undefined {
  const plain = plainName(name);
  const known = Object.hasOwn(ALIASES, plain) ? ALIASES[plain] : plain;
  return MODELS.some((model) => model.name === known) ? known : undefined;
}

function unknownModel(name: string): string {
  const allowed = [...MODELS.map((model) => model.name), ...Object.keys(ALIASES)];
  return `no model "${name}"; allowed: ${allowed.join(", ")}`;
}

/** Refuses tasks that wait for each other in a circle: none of them would ever run. */
function assertNoCircle(groups: readonly GpuGroup[], file: string | undefined): void {
  const state = new Uint8Array(groups.length);
  const path: number[] = [];
  const visit = (i: number): void => {
    if (state[i] === 2) return;
    if (state[i] === 1) {
      const circle = [...path.slice(path.indexOf(i)), i].map((at) => groups[at].name);
      throw new InputFormatError({ file }, `tasks must not depend on each other in a circle: ${circle.join(" -> ")}`);
    }
    state[i] = 1;
    path.push(i);
    for (const before of groups[i].after) visit(before);
    path.pop();
    state[i] = 2;
  };
  for (let i = 0; i < groups.length; i++) visit(i);
}

function poissonArrivals(frequency: number, durationNs: number, key: number, index: number): Float64Array {
  const times: number[] = [];
  let time = frequency > 0 ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; time < durationNs; i++) {
    times.push(Math.floor(time));
    time += (-Math.log(1 - hashUniform(key, index, i)) * 1e9) / frequency;
  }
  return Float64Array.from(times);
}

function traceArrivals(trace: readonly number[], durationNs: number): Float64Array {
  return Float64Array.from(trace, (ms) => Math.trunc(ms) * 1e6)
    .sort()
    .filter((time) => time < durationNs);
}
