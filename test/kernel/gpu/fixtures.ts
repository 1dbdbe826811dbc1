import { clientOf, gpuScenario } from "../../../harness/scenarios/gpu.ts";
import { ARCHITECTURES } from "../../../kernel/gpu/architecture.ts";
import { LAUNCH_MEDIAN_NS } from "../../../kernel/gpu/cost.ts";
import { createDecision, type GpuDecision, HOLDS } from "../../../kernel/gpu/decision.ts";
import { GpuKernel } from "../../../kernel/gpu/gpu.ts";
import type { GpuScenario } from "../../../kernel/gpu/scenario.ts";
import { type GpuGroup, kernelSequence } from "../../../kernel/gpu/workload.ts";
import { type RandomStream, randomStream } from "../../../kernel/random.ts";

/** Time until the host's settings take effect when the decision itself takes no time, ns: a launch latency. */
export const HOST_NS = LAUNCH_MEDIAN_NS;

/** A random scenario of 1 to 6 clients of all kinds on a random GPU, 5 ms long. */
export function randomScenario(seed: number): GpuScenario {
  const random = randomStream(seed, "test/gpu/scenario");
  const durationNs = 5e6;
  const count = 1 + random.integer(6);
  const groups = Array.from({ length: count }, (_, index) => randomGroup(random, index, durationNs));
  return gpuScenario(groups, {
    architecture: ARCHITECTURES[random.integer(ARCHITECTURES.length)].name,
    durationNs,
    controlNs: [0, 100, 5000, 60_000][random.integer(4)],
    minSliceUs: [1, 1, 1000][random.integer(3)],
    coldNs: [0, 20_000][random.integer(2)],
  });
}

function randomGroup(random: RandomStream, index: number, durationNs: number): GpuGroup {
  const kernels = 1 + random.integer(12);
  const longest = 10 ** random.uniform(1, 5.8);
  const durations = Array.from({ length: kernels }, () => 1 + random.integer(longest));
  const sequence = kernelSequence(`random ${index}`, durations, {
    blockNs: durations.map((ns) => ns * random.uniform(0.01, 1)),
    idempotent: random.next() < 0.7,
  });
  const total = sequence.ends[kernels - 1];
  const arrivals: number[] = [];
  // Arrivals at whole microseconds make those of several groups coincide.
  for (let at = 0; at < durationNs && arrivals.length < 200; at += 1000 * random.integer(2 + total / 500)) {
    arrivals.push(at);
  }
  const closed = random.next() < 0.5;
  return clientOf(sequence, {
    name: `group ${index}`,
    critical: random.next() < 0.4,
    arrivals: closed ? null : Float64Array.from(arrivals),
    thinkNs: closed && random.next() < 0.5 ? random.integer(100_000) : 0,
    after: closed && index > 0 && random.next() < 0.3 ? [random.integer(index)] : [],
    prepNs: random.next() < 0.5 ? random.integer(200_000) : 0,
    scales: Float64Array.from({ length: 1 + random.integer(3) }, () => random.uniform(0.3, 2)),
    slo: random.uniform(1.01, 3),
    instructionPreemption: random.next() < 0.7,
  });
}

/** Changes some settings of a decision at random, within what is allowed. */
export function scramble(decision: GpuDecision, random: RandomStream, now: number): void {
  const groups = decision.enabled.length;
  decision.preempt.fill(0);
  decision.reset.fill(0);
  for (let changes = random.integer(4); changes > 0; changes--) {
    const g = random.integer(groups);
    const settings = [
      () => {
        decision.sliceUs[g] = [1, 1, 50, 200, 1024, 5200, 1e6][random.integer(7)];
      },
      () => {
        decision.interleave[g] = random.integer(3);
      },
      () => {
        decision.mode[g] = random.integer(3);
      },
      () => {
        decision.enabled[g] = random.integer(2);
      },
      () => {
        decision.gentle[g] = random.integer(2);
      },
      () => {
        decision.preempt[g] = 1;
      },
      () => {
        decision.reset[g] = 1;
      },
      () => {
        decision.hold[g] = random.integer(HOLDS.length);
      },
      () => {
        decision.depth[g] = random.integer(5);
      },
      () => {
        decision.spin[g] = random.integer(2);
      },
      () => {
        decision.polling[g] = random.integer(2);
      },
    ];
    settings[random.integer(settings.length)]();
  }
  decision.notify = random.integer(3);
  decision.wakeUp = random.next() < 0.3 ? now + 1 + random.integer(50_000) : Number.POSITIVE_INFINITY;
  decision.microseconds = random.next() < 0.3 ? random.uniform(0, 20) : 0;
}

/** Plays under random decisions. `check` sees the kernel after each. */
export function playRandomly(
  kernel: GpuKernel,
  seed: number,
  check: (decision: GpuDecision) => void = () => {},
  decisions = Number.POSITIVE_INFINITY,
): void {
  const random = randomStream(seed, "test/gpu/decisions");
  const decision = createDecision(kernel.scenario.workload.groups.length);
  for (let i = 0; i < decisions && !kernel.done; i++) {
    if (i > 100_000) throw new Error(`no end in sight at ${kernel.time} ns`);
    scramble(decision, random, kernel.time);
    kernel.decide(decision);
    check(decision);
  }
}

/** A kernel at the start of a scenario. */
export function started(scenario: GpuScenario, seed = 1): GpuKernel {
  const kernel = new GpuKernel();
  kernel.reset(scenario, seed);
  return kernel;
}

/** Repeats the same decision until `time`, ns. */
export function playUntil(kernel: GpuKernel, decision: GpuDecision, time: number): void {
  while (!kernel.done && kernel.time < time) {
    decision.wakeUp = time;
    kernel.decide(decision);
  }
  decision.wakeUp = Number.POSITIVE_INFINITY;
}

/** Runs until a request of a group is launched. Returns the time of the launch, ns. */
export function playUntilReady(kernel: GpuKernel, decision: GpuDecision, group: number): number {
  do kernel.decide(decision);
  while (!kernel.done && !(kernel.view.event === "ready" && kernel.view.eventGroup === group));
  return kernel.time;
}
