import { dumbbell } from "../../../kernel/congestion/topologies/dumbbell.ts";
import { fromGbps } from "../../../kernel/congestion/units.ts";
import { longShort, SHORT_STREAM_BYTES } from "../generators/long_short.ts";
import { message } from "../generators/message.ts";
import { parameterServer } from "../generators/parameter_server.ts";
import { ringAllReduce, ringGroups } from "../generators/ring_all_reduce.ts";
import { ALI_STORAGE, MOST_OF_WEB_SEARCH, SizeDistribution, WEB_SEARCH } from "../generators/size_distribution.ts";
import { smcRequests } from "../generators/smc_requests.ts";
import { hostRange } from "../host_range.ts";
import type { Family } from "./family.ts";
import {
  allToAllOnSwitch,
  burstsOnSwitch,
  incastOnSwitch,
  oneSwitch,
  sizesOnSwitch,
  staggeredOnSwitch,
} from "./on_single_switch.ts";

// Source of all figures, unless stated otherwise: choice, after the scenarios in which policies differ most. The bytes
// make an episode of some hundred round trips.

const KB = 1e3;
const MB = 1e6;

/** One long message on an empty fabric. A policy that holds back here wastes the link. */
export const lone: Family = {
  gbps: 100,
  takes: ["bytes"],
  build: (draw) => ({
    topology: oneSwitch(draw, 2),
    messages: [message({ src: 0, dst: 1, bytes: draw.bytes([6 * MB, 12 * MB]) })],
  }),
};

/** All hosts send to one host at once. With 8 senders of 2 MB it is a cell of the reference table. */
export const incast100 = incastOnSwitch({
  gbps: 100,
  senders: [2, 64],
  bytes: [0.25 * MB, 2 * MB],
  total: [3 * MB, 32 * MB],
});
/** The same on slower links. */
export const incast50 = incastOnSwitch({
  gbps: 50,
  senders: [2, 64],
  bytes: [0.15 * MB, 1.2 * MB],
  total: [2 * MB, 16 * MB],
});
/** The same on faster links. */
export const incast200 = incastOnSwitch({
  gbps: 200,
  senders: [2, 64],
  bytes: [0.4 * MB, 3 * MB],
  total: [6 * MB, 32 * MB],
});

/**
 * Two messages to the same host, the second some time later. The default is furthest from the best policy with few
 * senders.
 */
export const twoSenders: Family = {
  gbps: 100,
  takes: ["bytes"],
  build: (draw) => {
    const bytes = draw.bytes([1.5 * MB, 5 * MB]);
    const start = Math.round((draw.even("lag", [0, 0.6]) * bytes) / fromGbps(draw.gbps));
    const first = message({ src: 0, dst: 2, bytes });
    return { topology: oneSwitch(draw, 3), messages: [first, message({ src: 1, dst: 2, bytes, start })] };
  },
};

/** Repeated incasts on lasting connections. */
export const bursts100 = burstsOnSwitch({
  gbps: 100,
  senders: [6, 32],
  bytes: [30 * KB, 200 * KB],
  total: [4 * MB, 20 * MB],
  load: [0.5, 0.9],
});
/** The same on faster links. */
export const bursts200 = burstsOnSwitch({
  gbps: 200,
  senders: [6, 24],
  bytes: [60 * KB, 300 * KB],
  total: [8 * MB, 24 * MB],
  load: [0.5, 0.9],
});

/** Hosts start to send to one host one after another. */
export const staggered100 = staggeredOnSwitch({
  gbps: 100,
  senders: [3, 20],
  bytes: [0.5 * MB, 2 * MB],
  total: [4 * MB, 20 * MB],
});
/** The same on slower links. */
export const staggered50 = staggeredOnSwitch({
  gbps: 50,
  senders: [3, 12],
  bytes: [0.3 * MB, 1.2 * MB],
  total: [2 * MB, 10 * MB],
});

/** Every host sends to every other host at once. */
export const allToAll100 = allToAllOnSwitch({
  gbps: 100,
  senders: [5, 9],
  bytes: [100 * KB, 1 * MB],
  total: [12 * MB, 28 * MB],
});

/** Web-search traffic. */
export const webSearch100 = sizesOnSwitch({
  gbps: 100,
  hosts: 6,
  load: [0.3, 0.8],
  sizes: new SizeDistribution(WEB_SEARCH, MOST_OF_WEB_SEARCH),
  bytes: 30 * MB,
});
/** The same on faster links. */
export const webSearch200 = sizesOnSwitch({
  gbps: 200,
  hosts: 6,
  load: [0.3, 0.8],
  sizes: new SizeDistribution(WEB_SEARCH, MOST_OF_WEB_SEARCH),
  bytes: 36 * MB,
});

/** Storage traffic. */
export const aliStorage = sizesOnSwitch({
  gbps: 100,
  hosts: 6,
  load: [0.3, 0.8],
  sizes: new SizeDistribution(ALI_STORAGE),
  bytes: 14 * MB,
});

/** Two all-reduces around the same hosts in opposite directions, so that two connections meet at every port. */
export const ring: Family = {
  gbps: 100,
  takes: ["bytes"],
  build: (draw) => {
    const n = draw.whole("ranks", [4, 8]);
    const bytes = draw.bytes([1 * MB, 4 * MB], [16 * MB, 28 * MB], 4 * (n - 1));
    const ranks = hostRange(0, n);
    const there = ringAllReduce({ ranks, bytes, firstConnection: 0, firstGroup: 0 });
    const back = ringAllReduce({
      ranks: ranks.toReversed(),
      bytes,
      firstConnection: n,
      firstGroup: ringGroups(n),
    });
    return { topology: oneSwitch(draw, n), messages: [...there, ...back], makespan: true };
  },
};

/** One receiver; half of the senders are further away. */
export const mixedRtt: Family = {
  gbps: 100,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const senders = draw.senders([4, 10]);
    const bytes = draw.bytes([0.5 * MB, 3 * MB], [5 * MB, 20 * MB], senders);
    const far = draw.whole("far", [3 * draw.delayNs, 10 * draw.delayNs]);
    const delays = hostRange(0, senders + 1).map((host) => (host < senders >> 1 ? far : draw.delayNs));
    const messages = hostRange(0, senders).map((src) => message({ src, dst: senders, bytes }));
    return { topology: oneSwitch(draw, senders + 1, delays), messages };
  },
};

/** A long message and rounds of short streams. Source: RL-CC, scaled to some hundred round trips. */
export const longShort100: Family = {
  gbps: 100,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const others = draw.senders([2, 5]);
    const streams = draw.whole("streams", [2, 6]);
    const shortBytes = draw.bytes([SHORT_STREAM_BYTES / 4, SHORT_STREAM_BYTES]);
    const roundNs = (others * streams * shortBytes) / fromGbps(draw.gbps);
    const messages = longShort({
      long: 0,
      longBytes: Math.round(draw.even("long", [6, 9]) * MB),
      hosts: hostRange(1, others),
      streams,
      shortBytes,
      rounds: 2,
      firstNs: draw.whole("first", [50_000, 150_000]),
      periodNs: roundNs * draw.even("period", [1.5, 2.5]),
      receiver: others + 1,
      random: draw.stream("starts"),
    });
    return { topology: oneSwitch(draw, others + 2), messages };
  },
};

/** Sockets over shared link groups to one server, beside two long messages to it. */
export const smc: Family = {
  gbps: 100,
  takes: ["senders", "load"],
  build: (draw) => {
    const clients = draw.senders([3, 6]);
    const durationNs = draw.durationNs(600_000);
    const traffic = smcRequests(draw, {
      clients: hostRange(1, clients),
      servers: [0],
      sockets: draw.whole("sockets", [4, 12]),
      load: draw.load([0.15, 0.4]),
      durationNs,
      settings: { links: draw.whole("links", [1, 2]) },
    });
    const bytes = Math.round(draw.even("bulk", [1.5, 3]) * MB);
    const bulk = [clients + 1, clients + 2].map((src) => message({ src, dst: 0, bytes }));
    return { topology: oneSwitch(draw, clients + 3), messages: bulk, smc: traffic };
  },
};

/** Two training steps with a parameter server. Only the end of the last step counts. */
export const parameterServer100: Family = {
  gbps: 100,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const workers = draw.senders([4, 24]);
    const bytes = draw.bytes([0.1 * MB, 1 * MB], [10 * MB, 24 * MB], 4 * workers);
    const messages = parameterServer(hostRange(1, workers), 0, bytes, 2);
    return { topology: oneSwitch(draw, workers + 1), messages, makespan: true };
  },
};

/** Pairs of hosts across a trunk as fast as one host. */
export const pairsDumbbell: Family = {
  gbps: 100,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const pairs = draw.senders([2, 6]);
    const bytes = draw.bytes([1 * MB, 4 * MB], [5 * MB, 20 * MB], pairs);
    const { gbps, delayNs } = draw;
    const starts = draw.stream("starts");
    const last = (0.4 * bytes) / fromGbps(gbps);
    const messages = hostRange(0, pairs).map((src) =>
      message({ src, dst: pairs + src, bytes, start: Math.round(starts.uniform(0, last)) }),
    );
    return { topology: dumbbell({ left: pairs, right: pairs, gbps, trunkGbps: gbps, delayNs }), messages };
  },
};
