import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { agents } from "../../../agents/index.ts";
import { collectSettings } from "../../../cli/parse.ts";
import { registry } from "../../../envs/index.ts";
import { judged, parseSettings } from "../../../harness/run/settings.ts";
import { UsageError } from "../../../harness/run/usage_error.ts";
import { ladderOptionsSchema } from "../../../ladder/options.ts";
import { jsonText, ODD_TEXTS } from "../mutations.ts";
import type { Target } from "../target.ts";

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 5000 }).map(String) },
  { weight: 1, arbitrary: fc.double().map(String) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map(jsonText) },
  { weight: 1, arbitrary: fc.string() },
);

const HYPERPARAMETERS = [
  "numEnvs",
  "numSteps",
  "hidden",
  "pairs",
  "episodes",
  "gamma",
  "ppo",
  "es",
  "trusted",
  "network",
];

/** Values of `--set` and `--option`. */
export const options: readonly Target[] = [
  {
    name: "--set",
    inputs: fc
      .tuple(
        fc.constantFrom(...agents.map(({ name }) => name), "ladder"),
        fc.array(
          fc.tuple(fc.constantFrom(...HYPERPARAMETERS, ...Object.keys(ladderOptionsSchema.shape), "__proto__"), value),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
      )
      .map(([agent, pairs]) => ({ files: {}, args: [agent, ...pairs.map(([name, text]) => `${name}=${text}`)] })),
    run({ args: [agent, ...pairs] = [] }) {
      let set: Record<string, unknown> = {};
      try {
        for (const pair of pairs) set = collectSettings(pair, set);
      } catch (error) {
        if (error instanceof InvalidArgumentError) throw new UsageError(error.message);
        throw error;
      }
      if (agent !== "ladder") {
        judged(() => agents.find(({ name }) => name === agent)!.options(set));
        return;
      }
      const read = ladderOptionsSchema.safeParse(set);
      if (!read.success) throw new UsageError(read.error.issues[0].message);
    },
  },
  {
    name: "--option",
    inputs: fc
      .constantFrom(...registry.list())
      .chain((spec) =>
        fc.tuple(
          fc.constant(spec.id),
          fc.array(fc.tuple(fc.constantFrom(...spec.options.map(({ name }) => name), "x"), value), {
            minLength: 1,
            maxLength: 3,
          }),
        ),
      )
      .map(([id, pairs]) => ({ files: {}, args: [id, ...pairs.map(([name, text]) => `${name}=${text}`)] })),
    run({ args: [id, ...pairs] = [] }) {
      const settings = parseSettings(registry.spec(id), pairs);
      const env = registry.make(id, { wrap: false });
      judged(() => env.reset({ seed: 1, options: settings }));
      env.close();
    },
  },
];
