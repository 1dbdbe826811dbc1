import { OWN } from "../../kernel/congestion/programs/program.ts";
import { WIRE, type WindowLimits, WindowProgram } from "../../kernel/congestion/programs/window_program.ts";
import { MTU } from "../../kernel/congestion/scenario.ts";
import { fromMbps } from "../../kernel/congestion/units.ts";
import { programHeuristic } from "./program_heuristic.ts";
import { bound, PACE, START } from "./rate_limits.ts";
import type { CongestionEntry } from "./types.ts";

/** Constants of Swift. Times are in base round trips. */
export interface SwiftConstants extends WindowLimits {
  /** Target delay, and what each switch on the path adds to it. */
  readonly target: number;
  readonly perHop: number;
  /** Most that flow scaling adds. */
  readonly scaling: number;
  /** Windows at which flow scaling adds everything, and nothing. */
  readonly scalingAll: number;
  readonly scalingNone: number;
  /** Growth of a window in a round trip. */
  readonly increase: number;
  /** Whether these windows and the increase are shares of what flows at line rate. Otherwise they are packets. */
  readonly inShares: boolean;
  /** Strength of decreases, and the greatest decrease. */
  readonly beta: number;
  readonly mostDecrease: number;
}

/**
 * Swift as htsim simulates it. Source: swift.cpp (base / 6.55 a hop, scaling 5 x base for windows of 0.1 to 100
 * packets, increase 1, beta 0.8, at most 0.5). Its base delay of 20 us, somewhat less than two round trips there, is
 * taken as 2 base round trips. It begins with what flows at line rate (choice).
 */
export const SHIPPED_SWIFT: SwiftConstants = {
  startPackets: 0,
  startShare: 1,
  pace: Infinity,
  target: 2,
  perHop: 2 / 6.55,
  scaling: 10,
  scalingAll: 0.1,
  scalingNone: 100,
  increase: 1,
  inShares: false,
  beta: 0.8,
  mostDecrease: 0.5,
};

/**
 * Packets that flow at line rate where packets and shares mean the same: 100 Gb/s and a base round trip of 4.2 us.
 * Source: choice.
 */
const SAME_PACKETS = (fromMbps(100_000) * 4200) / (MTU * WIRE);

/** State of a queue pair: window, packets; time of the last decrease, ns. */
const WINDOW = OWN;
const SHRANK = OWN + 1;

/**
 * Swift: the window grows while the delay is below a target, and shrinks in proportion to the excess above it. The
 * target is longer for small windows. Source: Kumar et al., SIGCOMM 2020, in the form of htsim.
 */
class Swift extends WindowProgram<SwiftConstants> {
  constructor(name: string, constants: SwiftConstants) {
    super(name, constants, 2);
  }

  protected start(queuePair: number, at: number): void {
    this.state[at + SHRANK] = -Infinity;
    this.move(queuePair, at, this.startWindow(queuePair), this.table.base[queuePair]);
  }

  protected hear(queuePair: number, at: number): void {
    const { state, table, constants } = this;
    const { ack } = table;
    const window = state[at + WINDOW];
    const target = this.target(queuePair, window);
    if (ack.rtt < target) {
      if (!this.limited(queuePair, window)) return;
      const growth = constants.increase * this.unit(queuePair) * ack.packets;
      this.move(queuePair, at, window + (window >= 1 ? growth / window : growth), ack.rtt);
    } else if (table.now - state[at + SHRANK] >= ack.rtt) {
      const over = (ack.rtt - target) / ack.rtt;
      state[at + SHRANK] = table.now;
      this.move(queuePair, at, window * Math.max(1 - constants.beta * over, 1 - constants.mostDecrease), ack.rtt);
    }
  }

  override lose(queuePair: number, _timeout: boolean): void {
    const { state, table, constants } = this;
    const at = queuePair * this.width;
    const base = table.base[queuePair];
    if (table.now - state[at + SHRANK] < base) return;
    state[at + SHRANK] = table.now;
    this.move(queuePair, at, state[at + WINDOW] * (1 - constants.mostDecrease), base);
  }

  /** Packets in one unit of windows and of the increase. */
  private unit(queuePair: number): number {
    return this.constants.inShares ? this.bandwidthDelay(queuePair) : 1;
  }

  /** Target delay for a window of this many packets, ns. */
  private target(queuePair: number, packets: number): number {
    const { table, constants } = this;
    const none = 1 / Math.sqrt(constants.scalingNone);
    const slope = 1 / (1 / Math.sqrt(constants.scalingAll) - none);
    const scaled = slope * (1 / Math.sqrt(packets / this.unit(queuePair)) - none);
    const switches = table.hops[queuePair] - 1;
    const scaling = constants.scaling * Math.max(0, Math.min(1, scaled));
    return table.base[queuePair] * (constants.target + constants.perHop * switches + scaling);
  }

  private move(queuePair: number, at: number, packets: number, rtt: number): void {
    this.state[at + WINDOW] = Math.max(packets, this.leastWindow(queuePair));
    this.setWindow(queuePair, this.state[at + WINDOW], rtt);
  }
}

/** Swift with shipped constants. */
export const swift: CongestionEntry = {
  name: "swift",
  role: "published",
  description: "Swift (SIGCOMM 2020) with htsim's constants, the target scaled to two base round trips",
  source: "Kumar et al., SIGCOMM 2020; htsim's `swift.cpp`",
  information: "RTT",
  knobs: [],
  create: () => programHeuristic(new Swift("swift", SHIPPED_SWIFT)),
};

/**
 * Swift with its constants, the start window and pacing tuned. Windows are shares of what flows at line rate, so that
 * they hold at any speed.
 */
export const swiftTuned: CongestionEntry = {
  name: "swift-tuned",
  role: "published",
  description: "Swift with its constants, in shares of what flows, start window and pacing tuned",
  source: "as `swift`",
  information: "RTT",
  knobs: [
    { name: "target", min: 0.95, max: 3, scale: "log", start: SHIPPED_SWIFT.target, unit: "base" },
    { name: "per_hop", min: 0, max: 0.5, scale: "linear", start: SHIPPED_SWIFT.perHop, unit: "base" },
    { name: "scaling", min: 0.1, max: 20, scale: "log", start: SHIPPED_SWIFT.scaling, unit: "base" },
    {
      name: "increase",
      min: 0.002,
      max: 0.32,
      scale: "log",
      start: SHIPPED_SWIFT.increase / SAME_PACKETS,
      unit: "line x base",
    },
    { name: "beta", min: 0.1, max: 2, scale: "linear", start: SHIPPED_SWIFT.beta },
    { name: "most_decrease", min: 0.1, max: 0.9, scale: "linear", start: SHIPPED_SWIFT.mostDecrease },
    START,
    PACE,
  ],
  create: (values) =>
    programHeuristic(
      new Swift("swift-tuned", {
        startPackets: 0,
        startShare: values.start,
        pace: bound(values.pace),
        target: values.target,
        perHop: values.per_hop,
        scaling: values.scaling,
        scalingAll: SHIPPED_SWIFT.scalingAll / SAME_PACKETS,
        scalingNone: SHIPPED_SWIFT.scalingNone / SAME_PACKETS,
        inShares: true,
        increase: values.increase,
        beta: values.beta,
        mostDecrease: values.most_decrease,
      }),
    ),
};
