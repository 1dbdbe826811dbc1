import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Program and arguments that serve a policy, for `ProcessPolicyOptions.command`. TypeScript needs tsx; a build is plain
 * JavaScript.
 *
 * @param env id or alias
 * @param policy folder of a policy or a run, or `random`
 */
export function policyServerCommand(env: string, policy: string): string[] {
  const extension = extname(import.meta.url);
  const main = fileURLToPath(new URL(`../../cli/main${extension}`, import.meta.url));
  const loader = extension === ".ts" ? ["--import", import.meta.resolve("tsx")] : [];
  return [process.execPath, ...loader, main, "agent", "--env", env, "--policy", policy];
}
