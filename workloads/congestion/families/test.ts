import { dumbbell } from "../../../kernel/congestion/topologies/dumbbell.ts";
import { parkingLot } from "../../../kernel/congestion/topologies/parking_lot.ts";
import { fromGbps } from "../../../kernel/congestion/units.ts";
import { shuffled } from "../../shuffled.ts";
import { bursts } from "../generators/bursts.ts";
import { incast } from "../generators/incast.ts";
import { longShort, SHORT_STREAM_BYTES } from "../generators/long_short.ts";
import { message } from "../generators/message.ts";
import { poissonMessages } from "../generators/poisson_messages.ts";
import {
  ALI_STORAGE,
  HADOOP,
  MOST_OF_WEB_SEARCH,
  SizeDistribution,
  WEB_SEARCH,
} from "../generators/size_distribution.ts";
import { smcRequests } from "../generators/smc_requests.ts";
import { staggered } from "../generators/staggered.ts";
import { hostRange } from "../host_range.ts";
import type { Family } from "./family.ts";
import { leavesAndSpines } from "./leaves_and_spines.ts";

// Source of all figures: choice. Training and validation have neither these fabrics nor these speeds.

const KB = 1e3;
const MB = 1e6;

/** Hosts of all leaves send to one host at once. */
export const incastLeafSpine: Family = {
  gbps: 100,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const senders = draw.senders([6, 60]);
    const bytes = draw.bytes([0.25 * MB, 1.5 * MB], [5 * MB, 24 * MB], senders);
    const perLeaf = Math.ceil((senders + 1) / 4);
    const order = Array.from(shuffled(4 * perLeaf, draw.stream("hosts")));
    return {
      topology: leavesAndSpines(draw, [4, 4, perLeaf]),
      messages: incast(order.slice(1, senders + 1), order[0], bytes),
    };
  },
};

/** Repeated incasts across a trunk of 400 Gb/s. */
export const burstsDumbbell400: Family = {
  gbps: 400,
  takes: ["senders", "bytes", "load"],
  build: (draw) => {
    const senders = draw.senders([6, 20]);
    const count = draw.whole("bursts", [4, 8]);
    const bytes = draw.bytes([150 * KB, 900 * KB], [14 * MB, 36 * MB], senders * count);
    const { gbps, delayNs } = draw;
    const messages = bursts({
      senders: hostRange(0, senders),
      receiver: senders,
      bytes,
      bursts: count,
      periodNs: (senders * bytes) / fromGbps(gbps) / draw.load([0.5, 0.9]),
      jitterNs: draw.whole("jitter", [0, 5000]),
      firstConnection: 0,
      random: draw.stream("starts"),
    });
    return { topology: dumbbell({ left: senders, right: 1, gbps, trunkGbps: gbps, delayNs }), messages };
  },
};

/** Hosts start to send one after another, across a slow trunk. */
export const staggeredDumbbell25: Family = {
  gbps: 25,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const senders = draw.senders([3, 8]);
    const bytes = draw.bytes([0.5 * MB, 1.5 * MB], [2 * MB, 7 * MB], senders);
    const { gbps, delayNs } = draw;
    const gapNs = (draw.even("gap", [0.3, 0.9]) * bytes) / fromGbps(gbps);
    return {
      topology: dumbbell({ left: senders, right: 1, gbps, trunkGbps: gbps, delayNs }),
      messages: staggered(hostRange(0, senders), senders, bytes, gapNs, draw.stream("starts")),
    };
  },
};

/** Web search at a given load. Flows can collide on a spine, because a hash picks it. */
export function webSearchLeafSpine(load: number): Family {
  const sizes = new SizeDistribution(WEB_SEARCH, MOST_OF_WEB_SEARCH);
  return {
    gbps: 100,
    takes: [],
    build: (draw) => {
      const hosts = hostRange(0, 8);
      const durationNs = draw.durationNs((36 * MB) / (load * fromGbps(draw.gbps) * hosts.length));
      const messages = poissonMessages(draw, "messages", { hosts, load, durationNs, sizes });
      return { topology: leavesAndSpines(draw, [4, 2, 2]), messages };
    },
  };
}

/** Hadoop's messages with an incast in their middle. */
export const hadoopMixLeafSpine40: Family = {
  gbps: 40,
  takes: ["senders", "load"],
  build: (draw) => {
    const hosts = hostRange(0, 12);
    const load = draw.load([0.3, 0.5]);
    const durationNs = draw.durationNs((10 * MB) / (load * fromGbps(draw.gbps) * hosts.length));
    const others = poissonMessages(draw, "messages", { hosts, load, durationNs, sizes: new SizeDistribution(HADOOP) });
    const order = Array.from(shuffled(hosts.length, draw.stream("hosts")));
    const senders = draw.senders([4, 10], [1, hosts.length - 1]);
    const crowd = incast(order.slice(1, senders + 1), order[0], 200 * KB, durationNs >> 1);
    const messages = [...others, ...crowd].sort((a, b) => a.start - b.start);
    return { topology: leavesAndSpines(draw, [4, 2, 3]), messages };
  },
};

/** Large writes to a storage host on another leaf, beside small messages. */
export const checkpointLeafSpine40: Family = {
  gbps: 40,
  takes: ["bytes", "load"],
  build: (draw) => {
    const bytes = draw.bytes([1 * MB, 2 * MB]);
    const load = draw.load([0.1, 0.25]);
    const durationNs = draw.durationNs((2.5 * bytes) / fromGbps(draw.gbps));
    const starts = draw.stream("starts");
    const writes = hostRange(0, 8)
      .filter((host) => host % 4 !== 0)
      .map((src) => {
        const dst = src < 4 ? 4 : 0;
        return message({ src, dst, bytes, start: Math.round(starts.uniform(0, durationNs / 4)) });
      });
    const sizes = new SizeDistribution(ALI_STORAGE);
    const others = poissonMessages(draw, "messages", { hosts: hostRange(0, 8), load, durationNs, sizes });
    const messages = [...writes, ...others].sort((a, b) => a.start - b.start);
    return { topology: leavesAndSpines(draw, [2, 2, 4]), messages };
  },
};

/** Hosts of the same leaf and of other leaves send to one host, over links of 4 us. Some hosts are further away. */
export const mixedRttLeafSpine: Family = {
  gbps: 100,
  delayNs: 4000,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const senders = draw.senders([5, 11]);
    const bytes = draw.bytes([1 * MB, 2.5 * MB], [6 * MB, 20 * MB], senders);
    const perLeaf = Math.ceil((senders + 1) / 3);
    const far = draw.whole("far", [2 * draw.delayNs, 4 * draw.delayNs]);
    const delays = hostRange(0, 3 * perLeaf).map((host) => (host % 3 === 2 ? far : draw.delayNs));
    return {
      topology: leavesAndSpines(draw, [3, 3, perLeaf], delays),
      messages: incast(hostRange(1, senders), 0, bytes),
    };
  },
};

/** Long paths that meet other messages at every hop. */
function parkingLotOf(gbps: number, [least, greatest]: readonly [number, number]): Family {
  return {
    gbps,
    takes: ["bytes"],
    build: (draw) => {
      const hops = 3;
      const long = draw.whole("long", [1, 2]);
      const perHop = draw.whole("cross", [1, 3]);
      const hostsPerSwitch = long + perHop;
      const bytes = draw.bytes([least, greatest]);
      const starts = draw.stream("starts");
      const latest = (0.5 * bytes) / fromGbps(draw.gbps);
      const paths = hostRange(0, long).map((i) => message({ src: i, dst: hops * hostsPerSwitch + i, bytes }));
      const cross = hostRange(0, hops * perHop).map((k) => {
        const src = Math.floor(k / perHop) * hostsPerSwitch + long + (k % perHop);
        return message({ src, dst: src + hostsPerSwitch, bytes, start: Math.round(starts.uniform(0, latest)) });
      });
      return {
        topology: parkingLot({ hops, hostsPerSwitch, gbps: draw.gbps, delayNs: draw.delayNs }),
        messages: [...paths, ...cross].sort((a, b) => a.start - b.start),
      };
    },
  };
}

/** At a speed that occurs in training. */
export const parkingLot100 = parkingLotOf(100, [1 * MB, 2.5 * MB]);

/** At a speed that does not occur in training. */
export const parkingLot25 = parkingLotOf(25, [0.4 * MB, 1 * MB]);

/** One long message on an empty fabric. */
function loneLeafSpine(gbps: number, [least, greatest]: readonly [number, number]): Family {
  return {
    gbps,
    takes: ["bytes"],
    build: (draw) => ({
      topology: leavesAndSpines(draw, [2, 2, 1]),
      messages: [message({ src: 0, dst: 1, bytes: draw.bytes([least, greatest]) })],
    }),
  };
}

/** Faster than every link in training. */
export const loneLeafSpine400 = loneLeafSpine(400, [16 * MB, 36 * MB]);

/** Slower than every link in training. */
export const loneLeafSpine25 = loneLeafSpine(25, [6 * MB, 9 * MB]);

/** Many sockets to two servers on other leaves, some over TCP, beside one long message to each server. */
export const smcLeafSpine200: Family = {
  gbps: 200,
  takes: ["senders", "load"],
  build: (draw) => {
    const clients = draw.senders([6, 8]);
    const perLeaf = Math.ceil((clients + 4) / 3);
    const traffic = smcRequests(draw, {
      clients: hostRange(2, clients),
      servers: [0, 1],
      sockets: draw.whole("sockets", [20, 32]),
      tcp: 2,
      load: draw.load([0.15, 0.35]),
      durationNs: draw.durationNs(350_000),
      settings: { links: draw.whole("links", [1, 2]) },
    });
    const bytes = Math.round(draw.even("bulk", [3, 5]) * MB);
    const bulk = [0, 1].map((dst) => message({ src: clients + 2 + dst, dst, bytes }));
    return { topology: leavesAndSpines(draw, [3, 3, perLeaf]), messages: bulk, smc: traffic };
  },
};

/** A long message and rounds of short streams, all across a trunk. */
export const longShortDumbbell: Family = {
  gbps: 100,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const others = draw.senders([5, 8]);
    const streams = draw.whole("streams", [4, 8]);
    const shortBytes = draw.bytes([SHORT_STREAM_BYTES / 4, SHORT_STREAM_BYTES], [0, 12 * MB], 2 * others * streams);
    const { gbps, delayNs } = draw;
    const messages = longShort({
      long: 0,
      longBytes: Math.round(draw.even("long", [6, 10]) * MB),
      hosts: hostRange(1, others),
      streams,
      shortBytes,
      rounds: 2,
      firstNs: draw.whole("first", [50_000, 150_000]),
      periodNs: ((others * streams * shortBytes) / fromGbps(gbps)) * draw.even("period", [1.5, 2.5]),
      receiver: others + 1,
      random: draw.stream("starts"),
    });
    return { topology: dumbbell({ left: others + 1, right: 1, gbps, trunkGbps: gbps, delayNs }), messages };
  },
};
