import { Registry } from "../gym/registry.ts";
import { CARTPOLE_SPEC, CartPole } from "./cartpole.ts";
import { TieringEnv } from "./tiering.ts";
import { TIERING_SPEC } from "./tiering_spec.ts";

/** Every environment of this project. */
export const registry = new Registry();

registry.register(CARTPOLE_SPEC, (context) => new CartPole(context));
registry.register(TIERING_SPEC, (context) => new TieringEnv(context));
