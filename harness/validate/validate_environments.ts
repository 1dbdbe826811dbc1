import { registry } from "../../envs/index.ts";
import { type Validation, validateAll } from "./validate.ts";

/**
 * Runs every published target of one environment, by id or alias, or of all.
 *
 * @throws UnknownNameError for an unknown environment
 */
export function validateEnvironments(name?: string): Validation[] {
  return validateAll(name === undefined ? undefined : registry.spec(name).id);
}
