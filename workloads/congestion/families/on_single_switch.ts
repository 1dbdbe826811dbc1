import { singleSwitch } from "../../../kernel/congestion/topologies/single_switch.ts";
import { fromGbps } from "../../../kernel/congestion/units.ts";
import type { EpisodeDraw, Range } from "../episode_draw.ts";
import { allToAll } from "../generators/all_to_all.ts";
import { bursts } from "../generators/bursts.ts";
import { incast } from "../generators/incast.ts";
import { poissonMessages } from "../generators/poisson_messages.ts";
import type { SizeDistribution } from "../generators/size_distribution.ts";
import { staggered } from "../generators/staggered.ts";
import { hostRange } from "../host_range.ts";
import type { Family } from "./family.ts";

/** Distributions of a family with several senders and one receiver. */
export interface SendersOptions {
  gbps: number;
  senders: Range;
  bytes: Range;
  /** Allowed sum of bytes in an episode, for draws of the message size. */
  total: Range;
}

/** One switch with `hosts` hosts, at the speed of the episode. */
export function oneSwitch(draw: EpisodeDraw, hosts: number, delays?: readonly number[]) {
  return singleSwitch({ hosts, gbps: draw.gbps, delayNs: draw.delayNs, ...(delays && { delays }) });
}

/** All hosts send to the last host at once. */
export function incastOnSwitch({ gbps, senders: senderRange, bytes: byteRange, total }: SendersOptions): Family {
  return {
    gbps,
    takes: ["senders", "bytes"],
    build: (draw) => {
      const senders = draw.senders(senderRange);
      const bytes = draw.bytes(byteRange, total, senders);
      return { topology: oneSwitch(draw, senders + 1), messages: incast(hostRange(0, senders), senders, bytes) };
    },
  };
}

/** Hosts start to send to the last host one after another, each before the previous ones are done. */
export function staggeredOnSwitch({ gbps, senders: senderRange, bytes: byteRange, total }: SendersOptions): Family {
  return {
    gbps,
    takes: ["senders", "bytes"],
    build: (draw) => {
      const senders = draw.senders(senderRange);
      const bytes = draw.bytes(byteRange, total, senders);
      const gapNs = (draw.even("gap", [0.3, 0.9]) * bytes) / fromGbps(draw.gbps);
      const messages = staggered(hostRange(0, senders), senders, bytes, gapNs, draw.stream("starts"));
      return { topology: oneSwitch(draw, senders + 1), messages };
    },
  };
}

/**
 * All hosts send to the last host again and again on lasting connections. `load` is the share of its link over a
 * period.
 */
export function burstsOnSwitch(options: SendersOptions & { load: Range }): Family {
  const { gbps, senders: senderRange, bytes: byteRange, total, load } = options;
  return {
    gbps,
    takes: ["senders", "bytes", "load"],
    build: (draw) => {
      const senders = draw.senders(senderRange);
      const count = draw.whole("bursts", [4, 8]);
      const bytes = draw.bytes(byteRange, total, senders * count);
      const periodNs = (senders * bytes) / fromGbps(draw.gbps) / draw.load(load);
      const messages = bursts({
        senders: hostRange(0, senders),
        receiver: senders,
        bytes,
        bursts: count,
        periodNs,
        jitterNs: draw.whole("jitter", [0, 5000]),
        firstConnection: 0,
        random: draw.stream("starts"),
      });
      return { topology: oneSwitch(draw, senders + 1), messages };
    },
  };
}

/** Every host sends to every other host at once. */
export function allToAllOnSwitch({ gbps, senders: hostCount, bytes: byteRange, total }: SendersOptions): Family {
  return {
    gbps,
    takes: ["senders", "bytes"],
    build: (draw) => {
      const hosts = draw.senders(hostCount, [2, 64]);
      const bytes = draw.bytes(byteRange, total, hosts * (hosts - 1));
      return { topology: oneSwitch(draw, hosts), messages: allToAll(hostRange(0, hosts), bytes) };
    },
  };
}

/** Random messages between several hosts. */
export function sizesOnSwitch(options: {
  gbps: number;
  hosts: number;
  load: Range;
  sizes: SizeDistribution;
  /** Approximate bytes of an episode. They determine the time span in which messages start. */
  bytes: number;
}): Family {
  const { gbps, hosts, load: loadRange, sizes, bytes } = options;
  return {
    gbps,
    takes: ["load"],
    build: (draw) => {
      const load = draw.load(loadRange);
      const durationNs = draw.durationNs(bytes / (load * fromGbps(draw.gbps) * hosts));
      const messages = poissonMessages(draw, "messages", { hosts: hostRange(0, hosts), load, durationNs, sizes });
      return { topology: oneSwitch(draw, hosts), messages };
    },
  };
}
