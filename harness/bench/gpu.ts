import { gpreemptHint } from "../../baselines/gpu/gpreempt.ts";
import { GPU_SPEC } from "../../envs/gpu/registration.ts";
import { registry } from "../../envs/index.ts";
import { sampleAction } from "../../gym/action.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { createDecision, NOTIFY_KERNELS } from "../../kernel/gpu/decision.ts";
import { GpuKernel } from "../../kernel/gpu/gpu.ts";
import type { GpuScenario } from "../../kernel/gpu/scenario.ts";
import { randomStream } from "../../kernel/random.ts";
import { drawSequence } from "../../workloads/gpu/draw_sequence.ts";
import { findModel } from "../../workloads/gpu/models.ts";
import type { Report } from "../problems/problem.ts";
import { clientOf, gpuScenario, poissonArrivals, starting } from "../scenarios/gpu.ts";

/** Speeds of the GPU kernel and its environment. */
export function measure(report: Report, repetitions: number): void {
  const pair = benchScenario(1, 1);
  report("gpu/events", gpuEventsPerSecond(pair, repetitions), "events/s");
  report("gpu/events_10_groups", gpuEventsPerSecond(benchScenario(5, 5), repetitions), "events/s");
  report("gpu/decisions", gpuDecisionsPerSecond(pair, repetitions), "decisions/s");
  report("gpu/env_steps", gpuStepsPerSecond(pair, 10_000, repetitions), "steps/s");
}

/** Length of a run, ns. */
const DURATION_NS = 2e9;

/**
 * Clients that run VGG-19 at random times, and clients that always run ResNet-152, on an A100 that is driven by system
 * calls.
 */
function benchScenario(critical: number, bestEffort: number): GpuScenario {
  const sequence = (model: string) => drawSequence(findModel(model), randomStream(0, `bench/${model}`));
  // 30 % load in total.
  const arrivals = (seed: number) => poissonArrivals(critical * 9e6, DURATION_NS, seed);
  const short = sequence("vgg19");
  const long = sequence("resnet152");
  const groups = [
    ...Array.from({ length: critical }, (_, i) =>
      clientOf(short, { critical: true, arrivals: arrivals(i), prepNs: 200_000 }),
    ),
    ...Array.from({ length: bestEffort }, () => clientOf(long)),
  ];
  return gpuScenario(groups, { durationNs: DURATION_NS, controlNs: 60_000 });
}

/**
 * Simulated events per second while the hardware schedules groups in turns. Every event is a decision point or a part
 * of one: arrivals and launches of requests, ends of kernels, timeslices and phases of a switch, control operations.
 * The best repetition counts.
 */
function gpuEventsPerSecond(scenario: GpuScenario, repetitions: number): number {
  const decision = createDecision(scenario.workload.groups.length);
  decision.notify = NOTIFY_KERNELS;
  const kernel = new GpuKernel();
  let best = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const start = performance.now();
    kernel.reset(scenario, 0);
    while (!kernel.done) kernel.decide(decision);
    best = Math.max(best, (1000 * kernel.events) / (performance.now() - start));
  }
  return best;
}

/** Decisions per second of GPreempt with its hint, including the time to decide. The best repetition counts. */
function gpuDecisionsPerSecond(scenario: GpuScenario, repetitions: number): number {
  const heuristic = starting(gpreemptHint)();
  const kernel = new GpuKernel();
  let best = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    heuristic.reset();
    let decisions = 0;
    const start = performance.now();
    kernel.reset(scenario, 0);
    for (; !kernel.done; decisions++) kernel.decide(heuristic.decide(kernel.view));
    best = Math.max(best, (1000 * decisions) / (performance.now() - start));
  }
  return best;
}

/**
 * Steps per second through `Env.step` with random legal actions. Drawing them and resets are not timed. The best
 * repetition counts.
 */
function gpuStepsPerSecond(scenario: GpuScenario, steps: number, repetitions: number): number {
  const env: AnyEnv = registry.make(GPU_SPEC.id);
  const random = randomStream(0, "bench/actions");
  const options = { workload: scenario.workload, architecture: scenario.architecture.name };
  env.reset({ seed: 0, options });
  let best = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    let milliseconds = 0;
    for (let i = 0; i < steps; i++) {
      const action = sampleAction(env, random);
      const start = performance.now();
      const { terminated, truncated } = env.step(action);
      milliseconds += performance.now() - start;
      if (terminated || truncated) env.reset({ options });
    }
    best = Math.max(best, (1000 * steps) / milliseconds);
  }
  env.close();
  return best;
}
