import { registry } from "../../envs/index.ts";
import type { AnyEnv } from "../../gym/env.ts";
import { randomStream } from "../../kernel/random.ts";

/** Actions drawn in advance, so that drawing them is not measured. */
const ACTIONS = 4096;

/**
 * Steps per second of an environment as `make` returns it, with random actions. Resets are not timed. If the mask
 * forbids an action, the next legal one is taken; finding it is timed.
 *
 * @param steps of one measurement
 * @param repetitions number of measurements; the best one counts, because other work on the machine can only slow it
 *   down
 */
export function stepsPerSecond(
  id: string,
  options: Record<string, unknown>,
  steps: number,
  repetitions: number,
): number {
  const env: AnyEnv = registry.make(id);
  const random = randomStream(0, "bench/actions");
  const actions = Array.from({ length: ACTIONS }, () => env.actionSpace.sample(random));
  env.reset({ seed: 0, options });
  let best = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    let milliseconds = 0;
    let start = performance.now();
    for (let i = 0; i < steps; i++) {
      const { terminated, truncated } = env.step(allowed(actions[i % ACTIONS], env.actionMask()));
      if (terminated || truncated) {
        milliseconds += performance.now() - start;
        env.reset({ options });
        start = performance.now();
      }
    }
    milliseconds += performance.now() - start;
    best = Math.max(best, (1000 * steps) / milliseconds);
  }
  env.close();
  return best;
}

/** The action, or the next action in order that the mask allows. */
function allowed(action: unknown, mask: Uint8Array | null): unknown {
  if (mask === null) return action;
  let next = action as number;
  while (mask[next] === 0) next = (next + 1) % mask.length;
  return next;
}
