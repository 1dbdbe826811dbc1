import { group } from "d3-array";
import { isTime, machineOf, type ResultRecord } from "../benchmark/results.ts";

/** Records whose times may be averaged, and what to say about them. */
export interface Times {
  /** All records but times that another machine than the chosen one measured. */
  results: readonly ResultRecord[];
  /** Which machine the times of which policies are of; null if one machine measured all of them. */
  note: string | null;
}

/**
 * Leaves each policy the times of one machine: times of different machines have no common average. It is the machine
 * that measured most policies, and for a policy that did not run there the one that measured most of its seeds.
 *
 * @param results of one environment
 */
export function timesOfOneMachine(results: readonly ResultRecord[]): Times {
  const times = results.filter(isTime);
  const machines = [...new Set(times.map(machineOf))];
  if (machines.length < 2) return { results, note: null };
  const policies = [...group(times, ({ policy }) => policy)].map(([policy, own]) => {
    const seeds = group(own, machineOf);
    const counts = [...seeds].map(
      ([machine, of]) => [machine, new Set(of.map(({ training_seed }) => training_seed)).size] as const,
    );
    return { policy, counts: new Map(counts), all: new Set(own.map(({ training_seed }) => training_seed)).size };
  });
  const measured = (machine: string | null) => policies.filter(({ counts }) => counts.has(machine)).length;
  const main = largest(machines, measured);
  const chosen = new Map(
    policies.map(({ policy, counts }) => [
      policy,
      counts.has(main) ? main : largest([...counts.keys()], (machine) => counts.get(machine)!),
    ]),
  );
  const parts = [...group(policies, ({ policy }) => chosen.get(policy)!)].map(([machine, own]) => {
    const names = own.map(({ policy, counts, all }) => {
      const count = counts.get(machine)!;
      return count < all ? `${policy} (${count} of ${all} seeds)` : policy;
    });
    return `${machine ?? "an unknown machine"} for ${names.join(", ")}`;
  });
  return {
    results: results.filter((record) => !isTime(record) || machineOf(record) === chosen.get(record.policy)),
    note: `Times of different machines are never averaged. Those here, and the scores that are charged for them, are of ${parts.join("; ")}.`,
  };
}

/** The item with the largest value; of several the first by name. */
function largest<Item extends string | null>(items: readonly Item[], value: (item: Item) => number): Item {
  return [...items].sort((a, b) => value(b) - value(a) || String(a).localeCompare(String(b)))[0];
}
