import type { EnvSpec } from "../gym/env.ts";
import { checkOptions } from "../gym/options.ts";

/**
 * Checks the options of a reset against `spec.options`, as `checkOptions` does. In addition, `workload` may be a
 * workload object instead of a name: `chooseWorkload` decides whether the environment may use the object.
 *
 * @throws UnknownNameError, RangeError or TypeError, which name the option and the allowed values
 */
export function checkEpisodeOptions(options: Readonly<Record<string, unknown>>, spec: EnvSpec): void {
  const { workload, ...others } = options;
  checkOptions(typeof workload === "object" && workload !== null ? others : options, spec);
}
