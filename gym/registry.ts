import type { AnyEnv, Env, EnvSpec, Split } from "./env.ts";
import type { EnvContext } from "./env_context.ts";
import { UnknownNameError } from "./nearest.ts";
import { assertSpec, parseId } from "./spec.ts";
import { SplitGuard } from "./split_guard.ts";
import { OrderEnforcing } from "./wrappers/order_enforcing.ts";
import { TimeLimit } from "./wrappers/time_limit.ts";

/** Makes an environment. Its `spec` must be `context.spec`. */
export type EnvFactory = (context: EnvContext) => AnyEnv;

/** How to make an environment. */
export interface MakeOptions {
  /** Restricts workloads and seeds to these splits: what training may see. All of them by default. */
  splits?: readonly Split[];
  /** Whether to apply TimeLimit (where the spec has a limit) and OrderEnforcing. True by default. */
  wrap?: boolean;
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
   * Adds an environment.
   *
   * @throws RangeError when the id or alias is malformed or taken, when two workloads share a name, when a family of
   *   workloads is in two splits, or when the spec is not plain data
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
   * The spec of an environment.
   *
   * @throws UnknownNameError with the nearest known name
   */
  spec(idOrAlias: string): EnvSpec {
    return this.#find(idOrAlias).spec;
  }

  /**
   * Makes an environment. The type parameters are the caller's statement about it and are not checked.
   *
   * @throws UnknownNameError with the nearest known name, RangeError when no workload is in the splits
   */
  make<Obs = Float32Array, Act = unknown, Reward = number>(
    idOrAlias: string,
    { splits, wrap = true }: MakeOptions = {},
  ): Env<Obs, Act, Reward> {
    const { spec, factory } = this.#find(idOrAlias);
    const env: Env<Obs, Act, Reward> = factory(new SplitGuard(spec, splits ?? null));
    if (!wrap) {
      return env;
    }
    // OrderEnforcing goes on top: a step after the time limit is a step after the end.
    return new OrderEnforcing(spec.maxEpisodeSteps === null ? env : new TimeLimit(env, spec.maxEpisodeSteps));
  }

  #find(name: string): Registration {
    const registration = this.#byId.get(name) ?? this.#byAlias.get(name);
    if (registration === undefined) {
      throw new UnknownNameError("environment", name, this.#namesLike(name));
    }
    return registration;
  }

  /** Names to compare a wrong one with: ids when it looks like an id, else aliases. */
  #namesLike(name: string): string[] {
    if (parseId(name) === null) {
      return [...this.#byAlias.keys(), ...this.#byId.keys()];
    }
    const bare = (id: string) => id.slice(id.indexOf("/") + 1);
    const sameName = [...this.#byId.keys()].filter((id) => bare(id).toLowerCase() === bare(name).toLowerCase());
    return sameName.length > 0 ? sameName : [...this.#byId.keys()];
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
