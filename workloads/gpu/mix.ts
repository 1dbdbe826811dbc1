import type { GpuGroup, GpuWorkload } from "../../kernel/gpu/workload.ts";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import { type ArrivalKind, drawArrivals } from "./arrivals.ts";
import { AZURE_TRAFFIC, drawPrompts, meanPrefillFactor, prefillFactor } from "./azure_llm.ts";
import type { GpuOpenOptions } from "./catalog_entry.ts";
import { drawSequence } from "./draw_sequence.ts";
import { findModel } from "./models.ts";

/** Least and greatest value of a uniform draw; both are possible. */
export type Range = readonly [least: number, greatest: number];

/** Latency-critical groups of a mix. */
export interface CriticalPart {
  readonly groups: Range;
  /** Each group draws one of these. */
  readonly models: readonly string[];
  readonly arrivals: readonly ArrivalKind[];
  /** Time of a request, us, drawn log-uniformly. Default: the model's own. */
  readonly requestUs?: Range;
  /** Whether the periods of all groups begin together or are evenly staggered. Default: drawn for each group. */
  readonly phases?: "together" | "staggered";
  /** Share of groups whose kernels can be preempted at any instruction. Default: 1. */
  readonly instructionPreemption?: number;
}

/** Best-effort groups of a mix. */
export interface BestEffortPart {
  readonly groups: Range;
  readonly models: readonly string[];
  /**
   * Share of groups whose requests arrive on their own. Default: 0; each group sends a request when the previous one is
   * done.
   */
  readonly openLoop?: number;
  /** Share of groups whose kernels can be preempted at any instruction. Default: 0.5. */
  readonly instructionPreemption?: number;
}

/** A family of workloads. Everything that it does not state is drawn. */
export interface Mix {
  /** Share of the GPU's time that all critical groups together ask for. */
  readonly load: Range;
  readonly critical: readonly CriticalPart[];
  readonly bestEffort: readonly BestEffortPart[];
  /** Allowed latency, relative to a request alone. Default: 1.1 to 2. */
  readonly slo?: Range;
}

/** Default length of a run, ns. Source: the headroom study; longer runs gave the same order of policies. */
const DEFAULT_DURATION_NS = 400_000_000;

/**
 * Least request rate of a critical group, 1/s. A lower rate gives too few requests in a run of 0.4 s. Source: choice.
 */
const LEAST_RATE = 50;

/** Greatest relative difference between a request's actual and declared time. Source: choice. */
const NOISE = 0.04;

/** Number of request lengths drawn for a closed loop. Request i has length i modulo this number. Source: choice. */
const CLOSED_LOOP_LENGTHS = 256;

/**
 * Host time to prepare a request, if it needs preparation, us. Source: choice around the 200 us of GPreempt's
 * configurations.
 */
const PREP_US: Range = [100, 1000];

/** Share of groups whose requests need no preparation. Source: choice. */
const UNPREPARED = 0.4;

/**
 * Greatest think time of a closed-loop client between two requests, us. Source: choice; DISB's clients take ~100 us.
 */
const MAX_THINK_US = 200;

/** Load that an open-loop best-effort group offers. Source: choice. */
const OPEN_LOAD: Range = [0.2, 0.6];

/** Draws a workload of a family. The same seed and options always give the same workload. */
export function drawMix(
  name: string,
  mix: Mix,
  seed: number,
  { durationNs = DEFAULT_DURATION_NS, criticalLoad = 1 }: GpuOpenOptions = {},
): GpuWorkload {
  const random = randomStream(seed, `gpu/${name}`);
  const slo = mix.slo ?? ([1.1, 2] as const);
  const requests = mix.critical.flatMap((part) =>
    Array.from({ length: drawWhole(part.groups, random) }, () => drawRequest(part, random)),
  );
  const load = random.uniform(...mix.load);
  const shares = requests.map(() => random.uniform(0.5, 1.5));
  const sum = shares.reduce((total, share) => total + share, 0);
  const loads = shares.map((share) => (load * share) / sum);
  const phase = random.next();
  const critical = requests.map((request, i): GpuGroup => {
    const begins = { together: phase, staggered: (phase + i / requests.length) % 1 };
    return criticalGroup(`critical-${i}`, request, {
      // Requests become shorter and more frequent at the same load.
      totalNs: Math.min(request.totalNs, (loads[i] * 1e9) / LEAST_RATE),
      load: loads[i],
      times: criticalLoad,
      durationNs,
      slo: random.uniform(...slo),
      ...(request.part.phases && { phase: begins[request.part.phases] }),
      random: randomStream(seed, `gpu/${name}/critical`, i),
    });
  });
  const bestEffort = mix.bestEffort
    .flatMap((part) => Array.from({ length: drawWhole(part.groups, random) }, () => part))
    .map((part, i) =>
      bestEffortGroup(`best-effort-${i}`, part, durationNs, randomStream(seed, `gpu/${name}/best-effort`, i)),
    );
  return { name, groups: [...critical, ...bestEffort], durationNs, sharing: "time-slice" };
}

/** What is drawn of a critical group before the load of the mix is divided. */
interface Request {
  part: CriticalPart;
  model: string;
  arrivals: ArrivalKind;
  /** Mean time of a request, ns. */
  totalNs: number;
}

function drawRequest(part: CriticalPart, random: RandomStream): Request {
  const model = pick(part.models, random);
  const { requestUs } = part;
  const totalNs = requestUs
    ? 1000 * requestUs[0] * (requestUs[1] / requestUs[0]) ** random.next()
    : findModel(model).totalMs * 1e6;
  return { part, model, arrivals: pick(part.arrivals, random), totalNs };
}

interface CriticalDraw {
  totalNs: number;
  load: number;
  /** Factor on the number of requests that make the load. */
  times: number;
  durationNs: number;
  slo: number;
  phase?: number;
  random: RandomStream;
}

function criticalGroup(name: string, { part, model, arrivals: kind }: Request, draw: CriticalDraw): GpuGroup {
  const { totalNs, load, times, durationNs, slo, random } = draw;
  // Whatever depends on the length of the run is drawn last, so that longer runs have the same groups.
  const sequence = drawSequence(findModel(model), random, { totalNs });
  const prepNs = random.next() < UNPREPARED ? 0 : Math.round(1000 * random.uniform(...PREP_US));
  const instructionPreemption = random.next() < (part.instructionPreemption ?? 1);
  const arrivals = atLeastOne(
    drawArrivals(kind, { ...draw, ratePerS: (times * load * 1e9) / totalNs }),
    durationNs,
    random,
  );
  const declared = drawDeclared(kind, arrivals.length, random);
  return {
    name: `${name}-${model}`,
    critical: true,
    sequence,
    arrivals,
    thinkNs: 0,
    after: [],
    prepNs,
    scales: declared.map((length) => length * (1 + random.uniform(-NOISE, NOISE))),
    declared,
    slo,
    instructionPreemption,
  };
}

/** Lengths of requests as the host knows them, about 1 on average. Those of a language model follow its prompts. */
function drawDeclared(kind: ArrivalKind, arrivals: number, random: RandomStream): Float64Array {
  if (kind !== "azure-conv" && kind !== "azure-code") return new Float64Array(arrivals).fill(1);
  const traffic = AZURE_TRAFFIC[kind === "azure-conv" ? "conv" : "code"];
  const mean = meanPrefillFactor(traffic);
  return drawPrompts(traffic, arrivals, random).map((prompt) => prefillFactor(prompt) / mean);
}

function bestEffortGroup(name: string, part: BestEffortPart, durationNs: number, random: RandomStream): GpuGroup {
  const model = findModel(pick(part.models, random));
  const open = random.next() < (part.openLoop ?? 0);
  const ratePerS = (random.uniform(...OPEN_LOAD) * 1000) / model.totalMs;
  const sequence = drawSequence(model, random);
  const thinkNs = open ? 0 : Math.round(1000 * random.uniform(0, MAX_THINK_US));
  const instructionPreemption = random.next() < (part.instructionPreemption ?? 0.5);
  const scales = Float64Array.from({ length: CLOSED_LOOP_LENGTHS }, () => 1 + random.uniform(-NOISE, NOISE));
  return {
    name: `${name}-${model.name}`,
    critical: false,
    sequence,
    arrivals: open ? atLeastOne(drawArrivals("poisson", { ratePerS, durationNs, random }), durationNs, random) : null,
    thinkNs,
    after: [],
    prepNs: 0,
    scales,
    declared: new Float64Array(1).fill(1),
    slo: 1,
    instructionPreemption,
  };
}

/** Adds one arrival if there is none: a client without requests would not count in the run. */
function atLeastOne(arrivals: Float64Array, durationNs: number, random: RandomStream): Float64Array {
  return arrivals.length > 0 ? arrivals : Float64Array.of(Math.floor(random.next() * durationNs));
}

function pick<Item>(items: readonly Item[], random: RandomStream): Item {
  return items[random.integer(items.length)];
}

function drawWhole([least, greatest]: Range, random: RandomStream): number {
  return least + random.integer(greatest - least + 1);
}
