import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy } from "../../agents/checkpoint.ts";
import type { Policy } from "../../agents/policy.ts";
import { registry } from "../../envs/index.ts";
import { UnknownNameError } from "../../gym/nearest.ts";
import { findProblem } from "../evaluate/evaluate.ts";
import { UsageError } from "../run/usage_error.ts";
import { constantPlayer } from "./constant_player.ts";
import { heuristicPlayer, type Player, policyPlayer, randomPlayer, referencePlayer } from "./player.ts";

/** Names that `findPlayer` knows for an environment: its heuristics, `reference` where there is one, and `random`; beside them `constant-N`. */
export function playerNames(envId: string): string[] {
  const problem = findProblem(envId);
  const names = problem === null ? [] : [...problem.heuristics.map(({ name }) => name), "reference"];
  return [...names, randomPlayer.name];
}

/**
 * A player by name, or a trained policy by its folder: a policy folder, or a run that has one.
 *
 * @param envName id or alias
 * @throws UnknownNameError when it is neither a name nor a path; UsageError when the folder holds no policy;
 *   ArtifactError when the policy is damaged or of another environment
 */
export function findPlayer(envName: string, nameOrFolder: string): Player {
  const { id } = registry.spec(envName);
  const problem = findProblem(id);
  const entry = problem?.heuristics.find(({ name }) => name === nameOrFolder);
  if (problem && entry) return heuristicPlayer(problem, entry);
  if (problem && nameOrFolder === "reference") return referencePlayer(problem);
  if (nameOrFolder === randomPlayer.name) return randomPlayer;
  const constant = /^constant-(\d{1,9})$/.exec(nameOrFolder);
  if (constant !== null) return constantPlayer(Number(constant[1]));
  if (!existsSync(nameOrFolder) && !/[/\\]/.test(nameOrFolder)) {
    throw new UnknownNameError(`policy of ${id}:`, nameOrFolder, playerNames(id));
  }
  const policy = findPolicy(id, nameOrFolder);
  return policyPlayer(policy.algorithm, policy, problem, policy.options);
}

/**
 * The trained policy in a folder: a policy folder, or a run that has one.
 *
 * @param envName id or alias
 * @throws UsageError when there is no such folder or it holds no policy; ArtifactError when the policy is damaged or of another
 *   environment
 */
export function findPolicy(envName: string, folder: string): Policy {
  const { id } = registry.spec(envName);
  if (!existsSync(folder)) throw new UsageError(`there is no policy folder ${folder}`);
  const env = registry.make(id, { wrap: false });
  const { observationSpace, actionSpace } = env;
  env.close();
  return loadPolicy(policyFolder(folder), { env: id, observationSpace, actionSpace });
}

/**
 * Several players by name: two policies of one algorithm are told apart by their folders.
 *
 * @throws what `findPlayer` does; UsageError when one is given twice
 */
export function findPlayers(envName: string, namesOrFolders: readonly string[]): Map<string, Player> {
  const players = new Map<string, Player>();
  for (const given of namesOrFolders) {
    const player = withName(findPlayer(envName, given), given, players);
    players.set(player.name, player);
  }
  return players;
}

function withName(player: Player, given: string, taken: ReadonlyMap<string, Player>): Player {
  if (!taken.has(player.name)) return player;
  if (taken.has(given) || player.name === given) throw new UsageError(`the policy ${given} was given twice`);
  return { ...player, name: given };
}

function policyFolder(path: string): string {
  if (!statSync(path).isDirectory()) throw new UsageError(`${path} is a file, not the folder of a policy or a run`);
  const names = readdirSync(path);
  if (names.includes("policy.json")) return path;
  if (names.includes("policy")) return join(path, "policy");
  const seeds = names.filter((name) => /^seed-\d+$/.test(name));
  if (seeds.length > 0) throw new UsageError(`${path} holds several seeds; give one of ${seeds.join(", ")}`);
  throw new UsageError(`${path} holds no policy: neither policy.json nor policy/ is there`);
}
