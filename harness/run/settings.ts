import { registry } from "../../envs/index.ts";
import type { EnvSpec } from "../../gym/env.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { checkOptions } from "../../gym/options.ts";
import { SEED_RANGES } from "../../gym/seeds.ts";
import { UsageError } from "./usage_error.ts";

/** Settings of an environment by name, for `reset({ options })`. */
export type Settings = Readonly<Record<string, number | string>>;

/**
 * Runs `attempt` and turns a RangeError or TypeError into a UsageError: only the environment or workload can check
 * these settings.
 */
export function judged<Result>(attempt: () => Result): Result {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

/**
 * Settings given as `key=value`. Values become numbers if the environment expects numbers.
 *
 * @throws UsageError or UnknownNameError that names the setting and what is allowed
 */
export function parseSettings(spec: EnvSpec, given: readonly string[]): Settings {
  const settings: Record<string, number | string> = {};
  for (const text of given) {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`a setting must look like key=value, got "${text}"`);
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    const option = spec.options.find((candidate) => candidate.name === name);
    if (option?.type === "number" && (value.trim() === "" || !Number.isFinite(Number(value)))) {
      throw new UsageError(`option ${name} of ${spec.id} must be a number, got "${value}"`);
    }
    settings[name] = option?.type === "number" ? Number(value) : value;
  }
  try {
    checkOptions(settings, spec);
  } catch (error) {
    if (error instanceof UnknownNameError) throw error;
    throw new UsageError((error as Error).message);
  }
  return settings;
}

/**
 * Settings for episodes of whole splits, given as `key=value`. It starts each workload once with them, because some
 * settings are only for some workloads.
 *
 * @throws UsageError or UnknownNameError that names the setting and what is allowed
 */
export function splitSettings(spec: EnvSpec, given: readonly string[]): Settings {
  const settings = parseSettings(spec, given);
  if (given.length === 0) return settings;
  if ("workload" in settings) throw new UsageError("the workloads are those of each split; none can be set");
  const env = registry.make(spec.id, { wrap: false });
  const names = spec.workloads.length === 0 ? [null] : spec.workloads.map(({ name }) => name);
  for (const workload of names) {
    const options = { ...settings, ...(workload !== null && { workload }) };
    judged(() => env.reset({ seed: SEED_RANGES.train[0], options }));
  }
  env.close();
  return settings;
}
