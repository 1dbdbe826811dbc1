import { fromGbps } from "../../../kernel/congestion/units.ts";
import type { Message } from "../../../kernel/congestion/workload.ts";
import type { RandomStream } from "../../../kernel/random.ts";
import type { EpisodeDraw } from "../episode_draw.ts";
import { message } from "./message.ts";
import type { SizeDistribution } from "./size_distribution.ts";

/**
 * Greatest difference between the bytes of an episode and those of the load asked for, of the latter, and how often is drawn
 * to get there. Source: choice: of some dozens of messages with a few large ones, the sum otherwise says more of luck than of the load.
 */
const TOLERANCE = 0.15;
const ATTEMPTS = 64;

export interface PoissonOptions {
  /** Between which messages go, at least 2. */
  hosts: readonly number[];
  /** Share of the rate of all hosts' links, without headers. */
  load: number;
  /** Time in which messages start, ns. */
  durationNs: number;
  sizes: SizeDistribution;
}

/**
 * Messages that start at random (Poisson), each from one random host to another, each with a queue pair of its own. In the
 * order of start, at least one. Of several such draws the first is taken whose bytes are close to what the load asks for.
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
  // One in the mean at the beginning, and never none.
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
