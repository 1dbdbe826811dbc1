import { dumbbell } from "../../../kernel/congestion/topologies/dumbbell.ts";
import { fromGbps } from "../../../kernel/congestion/units.ts";
import { shuffled } from "../../shuffled.ts";
import { allToAll } from "../generators/all_to_all.ts";
import { mixtureOfExperts } from "../generators/mixture_of_experts.ts";
import { parameterServer } from "../generators/parameter_server.ts";
import { poissonMessages } from "../generators/poisson_messages.ts";
import { ringAllReduce } from "../generators/ring_all_reduce.ts";
import { ALI_STORAGE, SizeDistribution } from "../generators/size_distribution.ts";
import { hostRange } from "../host_range.ts";
import type { Family } from "./family.ts";
import { leavesAndSpines } from "./leaves_and_spines.ts";

// Source of all figures: choice. Training and validation have neither these fabrics nor these speeds.

const KB = 1e3;
const MB = 1e6;

/** Every host sends to every other host; some flows share a spine. */
export const allToAllLeafSpine: Family = {
  gbps: 100,
  takes: ["bytes"],
  build: (draw) => {
    const bytes = draw.bytes([150 * KB, 350 * KB]);
    return { topology: leavesAndSpines(draw, [3, 3, 3]), messages: allToAll(hostRange(0, 9), bytes) };
  },
};

/** An all-reduce over hosts of all leaves, beside storage traffic that ends earlier. */
export const ringLeafSpine: Family = {
  gbps: 100,
  takes: ["bytes", "load"],
  build: (draw) => {
    const bytes = draw.bytes([1.5 * MB, 2 * MB]);
    const ranks = Array.from(shuffled(8, draw.stream("order")));
    const all = ringAllReduce({ ranks, bytes, firstConnection: 0, firstGroup: 0 });
    const load = draw.load([0.1, 0.3]);
    // Two thirds of the least time that the all-reduce takes.
    const durationNs = draw.durationNs((((2 * 7) / 8) * bytes * (2 / 3)) / fromGbps(draw.gbps));
    const sizes = new SizeDistribution(ALI_STORAGE);
    const others = poissonMessages(draw, "messages", { hosts: hostRange(0, 8), load, durationNs, sizes });
    return { topology: leavesAndSpines(draw, [4, 2, 2]), messages: [...all, ...others], makespan: true };
  },
};

/** Two layers of a mixture of experts. Only the end counts: training waits for the most popular expert. */
export const mixtureOfExpertsLeafSpine: Family = {
  gbps: 100,
  takes: ["bytes"],
  build: (draw) => {
    const bytes = draw.bytes([0.7 * MB, 1.2 * MB]);
    const skew = draw.even("skew", [0.3, 0.9]);
    const random = draw.stream("experts");
    return {
      topology: leavesAndSpines(draw, [4, 2, 2]),
      messages: mixtureOfExperts({ ranks: hostRange(0, 8), bytes, layers: 2, skew, random }),
      makespan: true,
    };
  },
};

/** Two steps with a parameter server behind a trunk of 400 Gb/s. */
export const parameterServerDumbbell400: Family = {
  gbps: 400,
  takes: ["senders", "bytes"],
  build: (draw) => {
    const workers = draw.senders([8, 32]);
    const bytes = draw.bytes([0.25 * MB, 1 * MB], [24 * MB, 38 * MB], 4 * workers);
    const { gbps, delayNs } = draw;
    return {
      topology: dumbbell({ left: 1, right: workers, gbps, trunkGbps: gbps, delayNs }),
      messages: parameterServer(hostRange(1, workers), 0, bytes, 2),
      makespan: true,
    };
  },
};
