import type { GpuGroup } from "../../kernel/gpu/workload.ts";
import { randomStream } from "../../kernel/random.ts";
import { drawSequence } from "./draw_sequence.ts";
import { findModel } from "./models.ts";

/** Time that a client's host takes before and after the kernels of a request, us. */
export interface HostTime {
  readonly beforeUs: number;
  readonly afterUs: number;
}

/**
 * Host time of the models in DISB's results: preprocessing and copies in; copies out and postprocessing. Source: its
 * results A, C on RTX 3080.
 */
const HOSTS: Record<string, HostTime> = {
  vgg19: { beforeUs: 110, afterUs: 13 },
  resnet152: { beforeUs: 96, afterUs: 11 },
  distilbert: { beforeUs: 12, afterUs: 23 },
};

/** Source: the time of VGG-19, whose input has about the size of other images. */
const IMAGE_HOST: HostTime = HOSTS.vgg19;

/** A client of DISB. */
export interface DisbClient {
  readonly name: string;
  /** A name in `MODELS`. */
  readonly model: string;
  readonly critical: boolean;
  /** See `GpuGroup`. */
  readonly arrivals: Float64Array | null;
  /** See `GpuGroup`. Default: none. */
  readonly after?: readonly number[];
  /** Time of a request alone, including the host's part, us. Default: the model's kernels and host time. */
  readonly standaloneUs?: number;
  /** Default: the host time of the model. */
  readonly host?: Partial<HostTime>;
  /** Inputs per request; the time of a request is proportional to it. Default: 1. */
  readonly batch?: number;
}

/** Allowed latency, relative to a request alone. DISB states no objective. Source: choice. */
const DISB_SLO = 1.2;

/**
 * The channel group of a client. Its kernels are drawn from the seed. The host time before a request is preparation
 * time; the host time after it is think time before the next request. A request's latency runs from its arrival to the
 * end of its kernels: DISB's latency minus `afterUs`.
 */
export function disbGroup(client: DisbClient, index: number, seed: number): GpuGroup {
  const { name, model, critical, arrivals, after = [], standaloneUs, batch = 1 } = client;
  const profile = findModel(model);
  const alone = hostOf(model);
  const host = { ...alone, ...client.host };
  const kernelsUs = standaloneUs ? standaloneUs - alone.beforeUs - alone.afterUs : profile.totalMs * 1000;
  return {
    name,
    critical,
    sequence: drawSequence(profile, randomStream(seed, "gpu/disb", index), { totalNs: kernelsUs * batch * 1000 }),
    arrivals,
    thinkNs: Math.round(host.afterUs * 1000),
    after,
    prepNs: Math.round(host.beforeUs * 1000),
    scales: new Float64Array(1).fill(1),
    declared: new Float64Array(1).fill(1),
    slo: DISB_SLO,
    instructionPreemption: true,
  };
}

/** Time of a request alone, including the host's part, ns. */
export function standaloneNs({ sequence, prepNs, thinkNs }: GpuGroup): number {
  return sequence.ends[sequence.ends.length - 1] + prepNs + thinkNs;
}

/** Host time of a client of that model when nothing else runs. */
export function hostOf(model: string): HostTime {
  return HOSTS[model] ?? IMAGE_HOST;
}

/** Arrivals at a fixed frequency, ns; the first one after `delayNs`. No arrivals at frequency 0. */
export function evenArrivals(frequency: number, delayNs: number, durationNs: number): Float64Array {
  const interval = 1e9 / frequency;
  const count = frequency > 0 ? Math.max(0, Math.ceil((durationNs - delayNs) / interval)) : 0;
  return Float64Array.from({ length: count }, (_, i) => Math.floor(delayNs + i * interval)).filter(
    (time) => time < durationNs,
  );
}
