import { MOST_GBPS } from "../../../kernel/congestion/topologies/assert_parts.ts";
import { dumbbell } from "../../../kernel/congestion/topologies/dumbbell.ts";
import { fromGbps } from "../../../kernel/congestion/units.ts";
import type { Range } from "../episode_draw.ts";
import { incast } from "../generators/incast.ts";
import { message } from "../generators/message.ts";
import { permutation } from "../generators/permutation.ts";
import { poissonMessages } from "../generators/poisson_messages.ts";
import { ALI_STORAGE, HADOOP, SizeDistribution } from "../generators/size_distribution.ts";
import { smcRequests } from "../generators/smc_requests.ts";
import { staggered } from "../generators/staggered.ts";
import { hostRange } from "../host_range.ts";
import type { Family } from "./family.ts";
import { oneSwitch, sizesOnSwitch } from "./on_single_switch.ts";

// Source of all figures: choice. No traffic of the training split occurs on the same fabric.

const MB = 1e6;

/** Every host sends one message and receives one. About half of the messages cross a trunk as fast as two hosts. */
export const permutationDumbbell: Family = {
  gbps: 100,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const hosts = draw.senders([8, 12], [2, 1024]);
    const { gbps, delayNs } = draw;
    const left = hosts >> 1;
    const bytes = draw.bytes([1 * MB, 4 * MB], [14 * MB, 30 * MB], hosts);
    return {
      topology: dumbbell({ left, right: hosts - left, gbps, trunkGbps: trunkRate(gbps), delayNs }),
      messages: permutation(hostRange(0, hosts), bytes, draw.stream("order")),
    };
  },
};

/** Hadoop traffic. */
export const hadoop = sizesOnSwitch({
  gbps: 100,
  hosts: 6,
  load: [0.4, 0.7],
  sizes: new SizeDistribution(HADOOP),
  bytes: 20 * MB,
});

/** Hosts send to one host behind a trunk; some of them are on its side of the trunk. */
function incastDumbbell(gbps: number, senderRange: Range, total: Range): Family {
  return {
    gbps,
    takes: ["senders", "bytes"],
    build: (draw) => {
      const senders = draw.senders(senderRange);
      const bytes = draw.bytes([0.3 * MB, 2 * MB], total, senders);
      const near = Math.min(senders - 1, draw.whole("near", [0, 3]));
      const left = senders - near;
      return {
        topology: dumbbell({ left, right: near + 1, gbps: draw.gbps, trunkGbps: draw.gbps, delayNs: draw.delayNs }),
        messages: incast(hostRange(0, senders), senders, bytes),
      };
    },
  };
}

/** At a speed that occurs in training. */
export const incastDumbbell100 = incastDumbbell(100, [3, 40], [4 * MB, 24 * MB]);

/** At a speed that does not occur in training. */
export const incastDumbbell150 = incastDumbbell(150, [3, 48], [5 * MB, 30 * MB]);

/** Messages to two hosts that start one after another. Each sender has one message for each of the two. */
export const staggeredPairs150: Family = {
  gbps: 150,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const senders = draw.senders([4, 10]);
    const bytes = draw.bytes([0.6 * MB, 2 * MB], [8 * MB, 26 * MB], 2 * senders);
    const gapNs = (draw.even("gap", [0.4, 0.9]) * bytes) / fromGbps(draw.gbps);
    const hosts = hostRange(0, senders);
    const messages = [0, 1].flatMap((i) =>
      staggered(i === 0 ? hosts : hosts.toReversed(), senders + i, bytes, gapNs, draw.stream("starts", i)),
    );
    return { topology: oneSwitch(draw, senders + 2), messages: messages.sort((a, b) => a.start - b.start) };
  },
};

/** Sockets of all kinds, to two servers. */
export const smcMix: Family = {
  gbps: 100,
  takes: ["senders", "load"],
  build: (draw) => {
    const clients = draw.senders([4, 6]);
    const traffic = smcRequests(draw, {
      clients: hostRange(2, clients),
      servers: [0, 1],
      sockets: draw.whole("sockets", [6, 12]),
      tcp: 1,
      local: 4,
      load: draw.load([0.15, 0.35]),
      durationNs: draw.durationNs(500_000),
    });
    const bytes = Math.round(draw.even("bulk", [2, 4]) * MB);
    const bulk = [0, 1].map((dst) => message({ src: clients + 2, dst, bytes }));
    return { topology: oneSwitch(draw, clients + 3), messages: bulk, smc: traffic };
  },
};

/** Large writes to two storage hosts, beside the small messages of normal storage traffic. */
export const checkpoint: Family = {
  gbps: 100,
  takes: ["senders", "bytes", "load"],
  build: (draw) => {
    const writers = draw.senders([3, 6]);
    const bytes = draw.bytes([2 * MB, 4 * MB], [8 * MB, 18 * MB], writers);
    const hosts = hostRange(0, writers + 2);
    const load = draw.load([0.1, 0.25]);
    const durationNs = draw.durationNs((0.5 * writers * bytes) / fromGbps(draw.gbps));
    const starts = draw.stream("starts");
    const writes = hostRange(2, writers).map((src) =>
      message({ src, dst: src % 2, bytes, start: Math.round(starts.uniform(0, durationNs / 4)) }),
    );
    const others = poissonMessages(draw, "messages", {
      hosts,
      load,
      durationNs,
      sizes: new SizeDistribution(ALI_STORAGE),
    });
    return {
      topology: oneSwitch(draw, hosts.length),
      messages: [...writes, ...others].sort((a, b) => a.start - b.start),
    };
  },
};

/** One long message across a trunk faster than its sender's link. */
export const loneDumbbell150: Family = {
  gbps: 150,
  takes: ["bytes"],
  build: (draw) => ({
    topology: dumbbell({ left: 1, right: 1, gbps: draw.gbps, trunkGbps: trunkRate(draw.gbps), delayNs: draw.delayNs }),
    messages: [message({ src: 0, dst: 1, bytes: draw.bytes([7 * MB, 14 * MB]) })],
  }),
};

/** Twice the rate of the hosts' links, as far as there are links that fast, Gb/s. */
function trunkRate(gbps: number): number {
  return Math.min(2 * gbps, MOST_GBPS);
}
