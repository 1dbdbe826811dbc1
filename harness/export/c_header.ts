import { cNames, commentText } from "./c_text.ts";
import { actionsOf, type FixedInterface, inputsOf, isRead } from "./integer_policy.ts";

/** What the header says about the policy, beside its interface. */
export interface CAbout {
  /** Name in C, e.g. `tiering`. */
  name: string;
  /** Registry id of the environment. */
  env: string;
  /** What was exported, e.g. `a network of ppo with 16-bit weights`. */
  what: string;
  /** Number of recorded decisions from which the ranges are. */
  decisions: number;
}

const SHARED = `
 * A shared feature was the same for all candidates in all recorded decisions: it is read from the first
 * allowed one.`;

/** The header: macros that describe features and action, and the declaration. */
export function cHeader(about: CAbout, policy: FixedInterface): string {
  const { file, prefix, function: decide } = cNames(about.name);
  const { features, candidates, maskSize, action } = policy;
  const macro = (name: string, value: number | string) => `#define ${prefix}_${name} ${value}`;
  const shift = action.kind === "box" ? action.shift : 0;
  const more = candidates > 1 ? SHARED : "";
  const noAlternative =
    action.kind === "box" ? "" : ", or -1 where the mask allows no alternative of a choice, which is then its first";
  return `/*
 * A policy for ${about.env}: ${commentText(about.what)}.
 * Written by \`ring0-gym export\`.
 *
 * C11, integers only. It allocates nothing, calls nothing, and its loops are bounded.
 *
 * Feature i of ${matrixText(candidates)} is its value, in the unit below, times 2^shift, rounded. The
 * policy saturates it, so that any number is safe. \`recorded\` is its range in ${about.decisions} decisions on
 * the train split, \`saturates\` the range that fits. A feature that is not read may be anything.${more}
 */
#ifndef ${prefix}_H
#define ${prefix}_H

#include <stdint.h>

/* Features of ${candidates === 1 ? "a decision" : "a candidate"}. */
${macro("FEATURES", features.length)}
/* Candidates of a decision, each a line of features. */
${macro("CANDIDATES", candidates)}
/* Numbers behind the features: for each alternative of each choice, whether it is allowed. */
${macro("MASK", maskSize)}
/* Length of \`features\`. */
${macro("INPUTS", inputsOf(policy))}
/* Length of \`action\`. */
${macro("ACTIONS", actionsOf(policy))}
/* An action's number is its value times 2^shift. */
${macro("ACTION_SHIFT", shift)}

${features
  .map((feature, i) => {
    const { low, high } = feature.recorded;
    const within = `${figure(feature.low / 2 ** feature.shift)} to ${figure(feature.high / 2 ** feature.shift)}`;
    const range = `recorded ${figure(low)} to ${figure(high)}, ${isRead(feature) ? `saturates ${within}` : "not read"}`;
    return [
      `/* ${i}: ${commentText(feature.name)}; ${range} */`,
      macro(`FEATURE_${i}_SHIFT`, feature.shift),
      macro(`FEATURE_${i}_READ`, isRead(feature) ? 1 : 0),
      ...(candidates > 1 ? [macro(`FEATURE_${i}_SHARED`, feature.shared ? 1 : 0)] : []),
    ].join("\n");
  })
  .join("\n")}
/* All shifts, to initialise an array. */
#define ${prefix}_FEATURE_SHIFTS \\
	{ ${features.map(({ shift }) => shift).join(", ")} }

/*
 * Decides. \`features\` has ${prefix}_INPUTS numbers, \`action\` receives ${prefix}_ACTIONS.
 * Returns 0${noAlternative}.
 */
int ${decide}(const int32_t *features, int32_t *action);

#endif /* ${file}.h */
`;
}

function matrixText(candidates: number): string {
  return candidates === 1 ? "`features`" : `each candidate, line after line in \`features\`,`;
}

function figure(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}
