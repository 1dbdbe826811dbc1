import fc from "fast-check";
import { loadCheckpoint } from "../../../agents/checkpoint.ts";
import { createTrainer } from "../../../agents/index.ts";
import { registry } from "../../../envs/index.ts";
import { FileError } from "../../../files/file_error.ts";
import { VectorEnv } from "../../../gym/vector_env.ts";
import { playEpisode } from "../../../harness/play/episode.ts";
import { findPolicy } from "../../../harness/play/find_policy.ts";
import { makeForPlay } from "../../../harness/play/make_env.ts";
import { type Fixtures, textOf } from "../fixtures.ts";
import { damagedBytes, damagedJson, damagedValue } from "../mutations.ts";
import { sealedHeader } from "../sealed.ts";
import type { Files, Target } from "../target.ts";

const ENV = "CartPole-v1";

/** Damaged copies of a header and its numbers, most of them with a checksum that fits. */
function damaged(files: Files, header: string, binary: string): fc.Arbitrary<Files> {
  const json = JSON.parse(textOf(files, header)) as object;
  const bytes = Buffer.from(files[binary]);
  const some = fc.oneof(
    { weight: 4, arbitrary: damagedValue([json]).map((value) => [sealedHeader(Object(value), bytes), bytes] as const) },
    { weight: 1, arbitrary: damagedBytes([bytes]).map((numbers) => [sealedHeader(json, numbers), numbers] as const) },
    { weight: 1, arbitrary: damagedJson([json]).map((text) => [text, bytes] as const) },
    { weight: 1, arbitrary: damagedBytes([bytes]).map((numbers) => [JSON.stringify(json), numbers] as const) },
  );
  return some.map(([text, numbers]) => ({ ...files, [header]: text, [binary]: numbers }));
}

/** Policies and checkpoints. */
export function artefacts({ ppo, es }: Fixtures): readonly Target[] {
  return [
    {
      name: "policies",
      inputs: fc
        .constantFrom(ppo, es)
        .chain((files) => damaged(only(files, "policy/"), "policy/policy.json", "policy/weights.bin"))
        .map((files) => ({ files })),
      run() {
        const policy = findPolicy(ENV, "policy");
        playEpisode(makeForPlay(ENV), policy, 1, { ...policy.options });
      },
    },
    {
      name: "checkpoints",
      inputs: fc
        .constantFrom("ppo", "es")
        .chain((agent) =>
          damaged(
            only(agent === "ppo" ? ppo : es, "checkpoint/"),
            "checkpoint/checkpoint.json",
            "checkpoint/checkpoint.bin",
          ).map((files) => ({ files, args: [agent] })),
        ),
      run({ args: [agent] = [] }) {
        const { set } = JSON.parse(textOf(agent === "ppo" ? ppo : es, "config.json"));
        const trainer = createTrainer(agent, {
          overrides: set,
          seed: 1,
          totalSteps: 64,
          vectorEnv: (count, wrap = (env) => env) =>
            new VectorEnv(Array.from({ length: count }, (_, i) => wrap(registry.make(ENV), i))),
        });
        try {
          trainer.restore(loadCheckpoint("checkpoint"));
          trainer.policy();
        } catch (error) {
          // The harness words these errors.
          if (error instanceof RangeError) throw new FileError(error.message);
          throw error;
        } finally {
          trainer.dispose();
        }
      },
    },
  ];
}

function only(files: Files, prefix: string): Files {
  return Object.fromEntries(Object.entries(files).filter(([name]) => name.startsWith(prefix)));
}
