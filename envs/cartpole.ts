import { invalidAction } from "../gym/action.ts";
import {
  type Env,
  type EnvSpec,
  EnvUsageError,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from "../gym/env.ts";
import type { EnvContext } from "../gym/env_context.ts";
import { checkOptions } from "../gym/options.ts";
import { Box, Discrete } from "../gym/spaces.ts";
import { type RandomStream, randomStream } from "../kernel/random.ts";

// All constants: Barto, Sutton and Anderson 1983 as in R. Sutton's pole.c (https://perma.cc/C9ZM-652R), with the limits
// of Gymnasium's CartPole-v1.
const GRAVITY = 9.8; // m/s^2
const CART_MASS = 1; // kg
const POLE_MASS = 0.1; // kg
const TOTAL_MASS = CART_MASS + POLE_MASS;
const POLE_HALF_LENGTH = 0.5; // m
const POLE_MOMENT = POLE_MASS * POLE_HALF_LENGTH; // kg m
const FORCE = 10; // N
const STEP = 0.02; // s
const POSITION_LIMIT = 2.4; // m
const ANGLE_LIMIT = (12 * 2 * Math.PI) / 360; // rad
const START_BOUND = 0.05; // m, m/s, rad and rad/s
/** Largest magnitude of `low` and `high`: inside the limit of the angle. Source: choice. */
const WIDEST_START = 0.2;

/** Largest magnitudes of `state`: where an episode goes on, and a choice for the velocities. */
const STATE_LIMITS = [POSITION_LIMIT, 1e6, ANGLE_LIMIT, 1e6];
const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

export const CARTPOLE_SPEC: EnvSpec = {
  id: "CartPole-v1",
  alias: "cartpole",
  description: "Balance a pole on a cart by pushing the cart left or right",
  maxEpisodeSteps: 500,
  rewardThreshold: 475,
  options: [
    {
      name: "low",
      type: "number",
      min: -WIDEST_START,
      max: WIDEST_START,
      description: "least starting value of each observation",
    },
    {
      name: "high",
      type: "number",
      min: -WIDEST_START,
      max: WIDEST_START,
      description: "greatest starting value of each observation",
    },
    {
      name: "state",
      type: "string",
      description: "the whole starting state, four decimals: position,velocity,angle,angular velocity",
    },
  ],
  workloads: [],
  source: "envs/cartpole.ts",
};

/**
 * # CartPole-v1
 *
 * ## Description
 *
 * The cart-pole problem of Barto, Sutton and Anderson (1983), "Neuronlike adaptive elements that can solve difficult
 * learning control problems", with Gymnasium's dynamics, limits and rewards. A pole hangs upright on a joint of a cart
 * that moves along a track without friction. Each step pushes the cart to the left or to the right. The environment is
 * here to compare agents with published results.
 *
 * ## Action Space
 *
 * `Discrete(2)`
 *
 * | Num | Action |
 * |-----|--------|
 * | 0 | push the cart to the left with 10 N |
 * | 1 | push the cart to the right with 10 N |
 *
 * ## Observation Space
 *
 * `Box(4)`. Min and Max are the bounds of the space. An episode ends at half of the bounds of position and angle.
 *
 * | Num | Observation | Min | Max |
 * |-----|-------------|-----|-----|
 * | 0 | cart position, m | -4.8 | 4.8 |
 * | 1 | cart velocity, m/s | -Infinity | Infinity |
 * | 2 | pole angle, rad (24 degrees) | -0.41887903 | 0.41887903 |
 * | 3 | pole angular velocity, rad/s | -Infinity | Infinity |
 *
 * ## Rewards
 *
 * 1 for every step, including the last step. The task counts as solved at a mean return of 475.
 *
 * ## Starting State
 *
 * Each of the four numbers is uniform in [-0.05, 0.05).
 *
 * ## Episode End
 *
 * 1. Termination: the angle of the pole is beyond 12 degrees to either side.
 * 2. Termination: the position of the cart is beyond 2.4 m to either side.
 * 3. Truncation: 500 steps.
 *
 * ## Arguments
 *
 * `reset({ options: { low, high } })` sets the bounds of the starting state. Both are from -0.2 to 0.2, and `low` is
 * below `high`. By default, `low` is -0.05 and `high` is 0.05. So `low: 0.1` needs a `high` as well.
 *
 * `state` sets the starting state itself: four decimals, `position,velocity,angle,angular velocity`, in the units of
 * the observation. Position and angle must be within the limits of an episode, both velocities within 1e6. The state
 * has 64 bits, so a trajectory can be compared with that of another implementation. It cannot be combined with `low`
 * and `high`.
 *
 * ## Version History
 *
 * - v1: as Gymnasium's v1, but with this project's random numbers, so a seed gives another starting state
 */
export class CartPole implements Env<Float32Array, number> {
  readonly rows = 1;
  readonly observationSpace = new Box(
    [-2 * POSITION_LIMIT, Number.NEGATIVE_INFINITY, -2 * ANGLE_LIMIT, Number.NEGATIVE_INFINITY],
    [2 * POSITION_LIMIT, Number.POSITIVE_INFINITY, 2 * ANGLE_LIMIT, Number.POSITIVE_INFINITY],
  );
  readonly actionSpace = new Discrete(2);
  readonly #context: EnvContext;
  #random: RandomStream | null = null;
  #running = false;
  /** Position, velocity, angle and angular velocity, as in the observation but in 64 bits. */
  readonly #state = new Float64Array(4);

  constructor(context: EnvContext) {
    this.#context = context;
  }

  get spec(): EnvSpec {
    return this.#context.spec;
  }

  get unwrapped(): this {
    return this;
  }

  /** @throws EnvUsageError when the first reset has no seed; RangeError or TypeError on a bad seed or option */
  reset({ seed, options = {} }: ResetOptions = {}): ResetResult<Float32Array> {
    checkOptions(options, this.spec);
    const low = (options.low as number | undefined) ?? -START_BOUND;
    const high = (options.high as number | undefined) ?? START_BOUND;
    if (!(low < high)) {
      const said = (name: string, value: number) =>
        `${name} ${value}${options[name] === undefined ? " (its default)" : ""}`;
      throw new RangeError(
        `${this.spec.id}: option low must be below high, got ${said("low", low)} and ${said("high", high)}`,
      );
    }
    const state = options.state === undefined ? null : this.#readState(options.state as string);
    if (state !== null && (options.low !== undefined || options.high !== undefined)) {
      throw new RangeError(`${this.spec.id}: option state cannot be combined with low and high`);
    }
    if (seed !== undefined) {
      this.#context.checkSeed(seed);
      this.#random = randomStream(seed, "cartpole/start");
    } else if (this.#random === null) {
      throw new EnvUsageError(`${this.spec.id}: the first reset needs a seed`);
    }
    for (let i = 0; i < this.#state.length; i++) {
      this.#state[i] = this.#random.uniform(low, high);
    }
    if (state !== null) this.#state.set(state);
    this.#running = true;
    return { observation: this.observe(), info: {} };
  }

  step(action: number): StepResult<Float32Array> {
    if (action !== 0 && action !== 1) {
      throw invalidAction(this.spec, action, this.actionSpace);
    }
    if (!this.#running) {
      throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
    }
    advanceCartPole(this.#state, action === 1 ? FORCE : -FORCE);
    const terminated = Math.abs(this.#state[0]) > POSITION_LIMIT || Math.abs(this.#state[2]) > ANGLE_LIMIT;
    this.#running = !terminated;
    return { observation: this.observe(), reward: 1, terminated, truncated: false, info: {} };
  }

  observe(): Float32Array {
    // Measured: faster than letting the constructor convert the array.
    const observation = new Float32Array(4);
    observation[0] = this.#state[0];
    observation[1] = this.#state[1];
    observation[2] = this.#state[2];
    observation[3] = this.#state[3];
    return observation;
  }

  actionMask(): null {
    return null;
  }

  render(): string {
    const [position, , angle] = this.#state;
    const track = Array.from({ length: 49 }, () => "-");
    const cell = Math.round(((position + POSITION_LIMIT) / (2 * POSITION_LIMIT)) * (track.length - 1));
    track[Math.min(Math.max(cell, 0), track.length - 1)] = "#";
    const degrees = ((angle * 180) / Math.PI).toFixed(1);
    return `[${track.join("")}] cart ${position.toFixed(2)} m, pole ${degrees} degrees`;
  }

  close(): void {
    this.#running = false;
  }

  #readState(text: string): number[] {
    const numbers = text.split(",").map((part) => (DECIMAL.test(part) ? Number(part) : Number.NaN));
    const inside = numbers.length === STATE_LIMITS.length && numbers.every((x, i) => Math.abs(x) <= STATE_LIMITS[i]);
    if (!inside) {
      const limits = STATE_LIMITS.map((limit) => `${-limit} to ${limit}`).join(", ");
      throw new RangeError(
        `${this.spec.id}: option state must be four decimals separated by commas (${limits}), got "${text.slice(0, 100)}"`,
      );
    }
    return numbers;
  }

  fork(): CartPole {
    const copy = new CartPole(this.#context);
    copy.#random = this.#random?.fork() ?? null;
    copy.#running = this.#running;
    copy.#state.set(this.#state);
    return copy;
  }
}

/**
 * Advances cart and pole by one step of explicit Euler: positions move with the velocities before the step.
 *
 * @param state position (m), velocity (m/s), angle (rad) and angular velocity (rad/s), changed in place
 * @param force on the cart, N, positive to the right
 */
export function advanceCartPole(state: Float64Array, force: number): void {
  const velocity = state[1];
  const angle = state[2];
  const angularVelocity = state[3];
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const push = (force + POLE_MOMENT * (angularVelocity * angularVelocity) * sin) / TOTAL_MASS;
  const angularAcceleration =
    (GRAVITY * sin - cos * push) / (POLE_HALF_LENGTH * (4 / 3 - (POLE_MASS * (cos * cos)) / TOTAL_MASS));
  const acceleration = push - (POLE_MOMENT * angularAcceleration * cos) / TOTAL_MASS;
  state[0] += STEP * velocity;
  state[1] += STEP * acceleration;
  state[2] += STEP * angularVelocity;
  state[3] += STEP * angularAcceleration;
}
