import { describe } from "./describe.ts";
import type { AnyEnv, Env, EnvSpec, Split } from "./env.ts";
import type { EnvContext } from "./env_context.ts";
import { UnknownNameError } from "./nearest.ts";
import { checkDefaultOptions } from "./options.ts";
import { assertLimit, assertSpec, parseId } from "./spec.ts";
import { SplitGuard } from "./split_guard.ts";
import { VectorEnv, type VectorEnvOptions } from "./vector_env.ts";
import { DefaultOptions } from "./wrappers/default_options.ts";
import { OrderEnforcing } from "./wrappers/order_enforcing.ts";
import { TimeLimit } from "./wrappers/time_limit.ts";

/** Makes an environment. The `spec` of the environment must be `context.spec`. */
export type EnvFactory = (context: EnvContext) => AnyEnv;

/** How `Registry.make` makes an environment. */
export interface MakeOptions {
  /** Restricts workloads and seeds to these splits: what training may see. All splits by default. */
  splits?: readonly Split[];
  /** Whether to add the wrappers TimeLimit (where there is a limit) and OrderEnforcing. True by default. */
  wrap?: boolean;
  /** Default options of every reset, by name (see `EnvSpec.options`). Options of a reset override them. */
  options?: Readonly<Record<string, unknown>>;
  /** Steps after which TimeLimit truncates an episode instead of `spec.maxEpisodeSteps`; null for no limit. */
  maxEpisodeSteps?: number | null;
}

/** How `Registry.makeVec` makes environments: each as `make` does, and together as a VectorEnv. */
export interface MakeVecOptions extends MakeOptions, VectorEnvOptions {
  /** Number of environments, at least 1. */
  numEnvs: number;
}

interface Registration {
  spec: EnvSpec;
  factory: EnvFactory;
}

/** Environments by id and alias. */
export class Registry {
  readonly #byId = new Map<string, Registration>();
  readonly #byAlias = new Map<string, Registration>();

  /**
   * Adds an environment. Afterwards `make` accepts its id and its alias, and so does everything that takes a registry.
   *
   * The spec is data: the registry keeps a frozen copy. The factory receives an `EnvContext` and must give the
   * environment `context.spec` as its `spec`. A complete example, an environment that rewards guessing a number:
   *
   * ```ts
   * import { checkEnv, checkOptions, Discrete, EnvUsageError, invalidAction, Registry, randomStream } from "ring0-gym";
   * import type { Env, EnvContext, EnvSpec, RandomStream, ResetOptions } from "ring0-gym";
   *
   * const GUESS_SPEC: EnvSpec = {
   *   id: "example/Guess-v1",
   *   alias: "guess",
   *   description: "guess a number from 0 to most",
   *   maxEpisodeSteps: 20,
   *   rewardThreshold: null,
   *   options: [{ name: "most", type: "number", min: 0, max: 9, description: "greatest number; 9 by default" }],
   *   workloads: [],
   * };
   *
   * class Guess implements Env<number, number> {
   *   readonly rows = 1;
   *   // 0: no guess yet, 1: the last guess was too low, 2: too high, 3: right.
   *   readonly observationSpace = new Discrete(4);
   *   readonly actionSpace = new Discrete(10);
   *   readonly unwrapped = this;
   *   readonly #context: EnvContext;
   *   #random: RandomStream | null = null;
   *   #number = 0;
   *   #last = 0;
   *   #running = false;
   *
   *   constructor(context: EnvContext) {
   *     this.#context = context;
   *   }
   *
   *   get spec() {
   *     return this.#context.spec;
   *   }
   *
   *   reset({ seed, options = {} }: ResetOptions = {}) {
   *     checkOptions(options, this.spec);
   *     if (seed !== undefined) {
   *       this.#context.checkSeed(seed);
   *       this.#random = randomStream(seed, "guess/number");
   *     } else if (this.#random === null) {
   *       throw new EnvUsageError(`${this.spec.id}: the first reset needs a seed`);
   *     }
   *     this.#number = this.#random.integer(((options.most as number | undefined) ?? 9) + 1);
   *     this.#last = 0;
   *     this.#running = true;
   *     return { observation: this.#last, info: {} };
   *   }
   *
   *   step(action: number) {
   *     if (!this.actionSpace.contains(action)) throw invalidAction(this.spec, action, this.actionSpace);
   *     if (!this.#running) throw new EnvUsageError(`${this.spec.id}: no episode is running; call reset first`);
   *     const terminated = action === this.#number;
   *     this.#last = terminated ? 3 : action < this.#number ? 1 : 2;
   *     this.#running = !terminated;
   *     return { observation: this.#last, reward: terminated ? 1 : 0, terminated, truncated: false, info: {} };
   *   }
   *
   *   observe() {
   *     return this.#last;
   *   }
   *
   *   actionMask() {
   *     return null;
   *   }
   *
   *   render() {
   *     return ["no guess yet", "too low", "too high", "right"][this.#last];
   *   }
   *
   *   close() {
   *     this.#running = false;
   *   }
   *
   *   fork() {
   *     const copy = new Guess(this.#context);
   *     copy.#random = this.#random?.fork() ?? null;
   *     copy.#number = this.#number;
   *     copy.#last = this.#last;
   *     copy.#running = this.#running;
   *     return copy;
   *   }
   * }
   *
   * const registry = new Registry();
   * registry.register(GUESS_SPEC, (context) => new Guess(context));
   * const broken = checkEnv(registry.make("guess")).filter(({ ok }) => !ok);
   * const env = registry.make<number, number>("guess", { splits: ["train"], options: { most: 0 } });
   * env.reset({ seed: 0 });
   * const { reward, terminated } = env.step(0);
   * ```
   *
   * @throws RangeError when the id or the alias is malformed or taken, when two workloads or two options share a name,
   *   when the workloads of one family are in two splits, or when the spec is not plain data
   */
  register(spec: EnvSpec, factory: EnvFactory): void {
    assertSpec(spec);
    for (const [names, name] of [
      [this.#byId, spec.id],
      [this.#byAlias, spec.alias],
    ] as const) {
      if (names.has(name)) {
        throw new RangeError(`${name} is already registered by ${names.get(name)!.spec.id}`);
      }
    }
    const registration = { spec: deepFreeze(structuredClone(spec)), factory };
    this.#byId.set(spec.id, registration);
    this.#byAlias.set(spec.alias, registration);
  }

  /** All specs, sorted by id. */
  list(): readonly EnvSpec[] {
    return [...this.#byId.values()].map(({ spec }) => spec).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * The spec of a registered environment.
   *
   * @throws UnknownNameError on an unknown environment, with the nearest known name
   */
  spec(idOrAlias: string): EnvSpec {
    return this.#find(idOrAlias).spec;
  }

  /**
   * Makes an environment. The type parameters are the caller's statement about it and are not checked.
   *
   * The wrappers are, from the outside in: OrderEnforcing, TimeLimit, DefaultOptions. The first two depend on `wrap`,
   * the last on `options`. `env.unwrapped` is the environment itself. `env.spec` says the limit that holds.
   *
   * @throws UnknownNameError (a RangeError) on an unknown environment or option, with the nearest known name;
   *   RangeError when no workload is in the splits, on an option outside its range, on a `maxEpisodeSteps` that is not
   *   a positive whole number or null, and on one that `wrap: false` would ignore; TypeError on an option of another
   *   type
   */
  make<Obs = Float32Array, Act = unknown, Reward = number>(
    idOrAlias: string,
    { splits, wrap = true, options, maxEpisodeSteps }: MakeOptions = {},
  ): Env<Obs, Act, Reward> {
    const registration = this.#find(idOrAlias);
    const spec = withLimit(registration.spec, maxEpisodeSteps);
    if (!wrap && typeof maxEpisodeSteps === "number") {
      throw new RangeError(
        `${spec.id}: maxEpisodeSteps ${maxEpisodeSteps} needs the wrapper TimeLimit, so not wrap: false`,
      );
    }
    if (options !== undefined) checkDefaultOptions(options, spec);
    let env: Env<Obs, Act, Reward> = registration.factory(new SplitGuard(spec, splits ?? null));
    if (options !== undefined) env = new DefaultOptions(env, options);
    if (!wrap) return env;
    // OrderEnforcing is outermost: a step after the time limit is a step after the end.
    return new OrderEnforcing(spec.maxEpisodeSteps === null ? env : new TimeLimit(env, spec.maxEpisodeSteps));
  }

  /**
   * Makes several environments of one kind and steps them together: `numEnvs` times `make`, in a VectorEnv.
   *
   * ```ts
   * const vector = registry.makeVec("cartpole", { numEnvs: 8, splits: ["train"] });
   * const { observations } = vector.reset({ seed: 0 });
   * ```
   *
   * @throws the errors of `make`; RangeError when `numEnvs` is not a positive whole number or the autoreset mode is
   *   unknown
   */
  makeVec(idOrAlias: string, { numEnvs, autoresetMode, ...options }: MakeVecOptions): VectorEnv {
    if (!Number.isSafeInteger(numEnvs) || numEnvs < 1) {
      const { id } = this.spec(idOrAlias);
      throw new RangeError(`${id}: numEnvs must be a positive whole number, got ${describe(numEnvs)}`);
    }
    return new VectorEnv(
      Array.from({ length: numEnvs }, () => this.make<unknown, unknown, unknown>(idOrAlias, options)),
      { autoresetMode },
    );
  }

  #find(name: string): Registration {
    const registration = this.#byId.get(name) ?? this.#byAlias.get(name);
    if (registration === undefined) {
      throw new UnknownNameError("environment", name, this.#namesLike(name));
    }
    return registration;
  }

  /** The names to which an unknown name is compared: ids if it looks like an id, else all. */
  #namesLike(name: string): string[] {
    if (parseId(name) === null) {
      return [...this.#byAlias.keys(), ...this.#byId.keys()];
    }
    const bare = (id: string) => id.slice(id.indexOf("/") + 1);
    const sameName = [...this.#byId.keys()].filter((id) => bare(id).toLowerCase() === bare(name).toLowerCase());
    return sameName.length > 0 ? sameName : [...this.#byId.keys()];
  }
}

/** The spec with another limit of steps; the same spec where none is given. */
function withLimit(spec: EnvSpec, maxEpisodeSteps: number | null | undefined): EnvSpec {
  if (maxEpisodeSteps === undefined || maxEpisodeSteps === spec.maxEpisodeSteps) return spec;
  assertLimit(spec.id, maxEpisodeSteps);
  return Object.freeze({ ...spec, maxEpisodeSteps });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
