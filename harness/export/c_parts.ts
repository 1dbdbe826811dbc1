import type { FixedInterface } from "./integer_policy.ts";

/** The function that saturates a number. */
export const SATURATE = `static int32_t saturate(int32_t value, int32_t low, int32_t high)
{
	return value < low ? low : value > high ? high : value;
}
`;

/** The function that chooses the best alternative, for policies that make choices. */
export function choiceFunctions({ action }: FixedInterface): string {
  if (action.kind === "box") return "";
  return `/* The allowed alternative with the highest score, the first of equals; -1 for none. */
static int best_of(const int32_t *scores, const int32_t *allowed, int count)
{
	int best = -1;
	int i;

	for (i = 0; i < count; i++)
		if (allowed[i] && (best < 0 || scores[i] > scores[best]))
			best = i;
	return best;
}

`;
}

/** The end of the function that decides: makes the action from \`scores\`, and returns. */
export function choiceCode({ action, features, candidates }: FixedInterface): string {
  if (action.kind === "box") {
    const lines = action.low.map((low, i) => {
      const high = action.high[i];
      const value = low === null && high === null ? `scores[${i}]` : bounded(`scores[${i}]`, low, high);
      return `	action[${i}] = ${value};\n`;
    });
    return `${lines.join("")}	return 0;\n`;
  }
  const { counts, start } = action;
  let first = 0;
  const lines = counts.map((count, choice) => {
    const at = candidates * features.length + first;
    const text = `	action[${choice}] = best_of(scores + ${first}, features + ${at}, ${count});
	if (action[${choice}] < 0) {
		action[${choice}] = 0;
		result = -1;
	}
${start === 0 ? "" : `	action[${choice}] += ${start};\n`}`;
    first += count;
    return text;
  });
  return `${lines.join("")}	return result;\n`;
}

function bounded(value: string, low: number | null, high: number | null): string {
  return `saturate(${value}, ${low ?? "INT32_MIN"}, ${high ?? "INT32_MAX"})`;
}
