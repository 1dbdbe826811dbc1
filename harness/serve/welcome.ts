import { registry } from "../../envs/index.ts";
import type { AnyEnv, Split } from "../../gym/env.ts";
import { SEED_RANGES } from "../../gym/seeds.ts";
import { maskSize, type Space } from "../../gym/spaces.ts";
import { VERSION } from "../run/versions.ts";
import { PROTOCOL } from "./frames.ts";
import type { Hello } from "./hello.ts";

/** Type of the numbers of actions on the wire. */
export type ActionDtype = "int32" | "float32";

/** float32 where an action has a Box, else int32. */
export function actionDtype({ kind }: Space<unknown>): ActionDtype {
  return kind === "box" || kind === "dict" || kind === "tuple" ? "float32" : "int32";
}

/** The payload of `welcome`: what the client must know about the environments that it got. */
export function welcome(env: Pick<AnyEnv, "spec" | "observationSpace" | "actionSpace" | "rows">, hello: Hello) {
  const { observationSpace, actionSpace } = env;
  const splits = hello.evaluate ? [hello.evaluate.split] : (hello.splits ?? (Object.keys(SEED_RANGES) as Split[]));
  return {
    protocol: PROTOCOL,
    version: VERSION,
    spec: registry.spec(env.spec.id),
    num_envs: hello.num_envs,
    rows: env.rows,
    observation_space: observationSpace,
    action_space: actionSpace,
    action_dtype: actionDtype(actionSpace),
    action_size: actionSpace.size,
    observation_size: observationSpace.size,
    mask_size: maskSize(actionSpace),
    autoreset_mode: hello.autoreset_mode,
    splits,
    seed_ranges: Object.fromEntries(splits.map((split) => [split, SEED_RANGES[split]])),
    max_episode_steps: env.spec.maxEpisodeSteps,
  };
}
