import type { Fixtures } from "../fixtures.ts";
import type { Target } from "../target.ts";
import { artefacts } from "./artefacts.ts";
import { commands } from "./commands.ts";
import { frames } from "./frames.ts";
import { importers } from "./importers.ts";
import { options } from "./options.ts";
import { runFiles } from "./run_files.ts";
import { traces } from "./traces.ts";
import { workloadFiles } from "./workload_files.ts";

/** Every reader and every command. */
export function allTargets(fixtures: Fixtures): readonly Target[] {
  return [
    ...traces,
    ...importers,
    ...workloadFiles,
    ...artefacts(fixtures),
    ...runFiles(fixtures),
    ...frames(fixtures),
    ...options,
    ...commands(fixtures),
  ];
}
