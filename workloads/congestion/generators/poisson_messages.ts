import { fromGbps } from "../../../kernel/congestion/units.ts";
import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import type { EpisodeDraw } from "../episode_draw.ts";
import { message } from "./message.ts";
import type { SizeDistribution } from "./size_distribution.ts";

/**
 * Greatest difference between the bytes of an episode and the bytes of the requested load, relative to the latter, and
 * how many draws are made to reach it. Source: choice. With some dozens of messages and a few large ones, the sum would
 * otherwise depend more on luck than on the load.
 */
const TOLERANCE = 0.15;
const ATTEMPTS = 64;

export interface PoissonOptions {
  /** Hosts that exchange messages, at least 2. */
  hosts: readonly number[];
  /** Load as a share of the rate of all hosts' links, without headers. */
  load: number;
  /** Time span in which messages start, ns. */
  durationNs: number;
  sizes: SizeDistribution;
}

/**
 * Messages that start at random (Poisson), each from one random host to another on its own queue pair. Sorted by start,
 * at least one. Of several draws, it takes the first whose bytes are close to the requested load.
 */
export function poissonMessages(draw: EpisodeDraw, purpose: string, options: PoissonOptions): Message[] {
  const wanted = options.load * fromGbps(draw.gbps) * options.hosts.length * options.durationNs;
  const meanGapNs = (options.durationNs * options.sizes.mean) / wanted;
  let best: Message[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && least > TOLERANCE * wanted; attempt++) {
    const messages = drawMessages(options, meanGapNs, draw.stream(purpose, attempt));
    const off = Math.abs(totalBytes(messages) - wanted);
    if (off >= least) continue;
    best = messages;
    least = off;
  }
  return best;
}

function drawMessages(
  { hosts, durationNs, sizes }: PoissonOptions,
  meanGapNs: number,
  random: RandomStream,
): Message[] {
  const messages: Message[] = [];
  // The first message starts at 0, so there is never none.
  for (let time = 0; time < durationNs; time += meanGapNs * random.exponential()) {
    const src = random.integer(hosts.length);
    const dst = (src + 1 + random.integer(hosts.length - 1)) % hosts.length;
    messages.push(message({ src: hosts[src], dst: hosts[dst], bytes: sizes.draw(random), start: Math.floor(time) }));
  }
  return messages;
}

/** Bytes of all messages. */
export function totalBytes(messages: readonly Message[]): number {
  return messages.reduce((sum, { bytes }) => sum + bytes, 0);
}
