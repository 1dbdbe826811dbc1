import { Box, Discrete, MultiBinary, MultiDiscrete, type Space } from "../gym/spaces.ts";
import { type ActionHead, CategoricalHead, GaussianHead } from "./action_head.ts";

/**
 * The distribution over the actions of a space: Discrete, MultiDiscrete, MultiBinary or Box.
 *
 * @param initialLogStd for Box actions, see `GaussianHead`
 * @throws RangeError for other kinds of spaces, in which no agent here can act
 */
export function createActionHead(space: Space<unknown>, initialLogStd = 0): ActionHead {
  if (space instanceof Discrete) {
    return new CategoricalHead([space.n], space.start);
  }
  if (space instanceof MultiDiscrete) {
    return new CategoricalHead(space.nvec);
  }
  if (space instanceof MultiBinary) {
    return new CategoricalHead(new Array<number>(space.n).fill(2));
  }
  if (space instanceof Box) {
    return new GaussianHead(space.low, space.high, initialLogStd);
  }
  throw new RangeError(`no agent can act in ${space}: allowed are Box, Discrete, MultiDiscrete and MultiBinary`);
}
