import { type CAbout, cHeader } from "./c_header.ts";
import { choiceCode, choiceFunctions, SATURATE } from "./c_parts.ts";
import { type CFiles, cNames, constantArray } from "./c_text.ts";
import { type IntegerLayer, type IntegerNetwork, isRead } from "./integer_policy.ts";
import type { WeightBits } from "./network_to_integers.ts";

/** A network in C. */
export function networkToC(about: CAbout, network: IntegerNetwork, bits: WeightBits): CFiles {
  const { file, function: decide } = cNames(about.name);
  const { features, candidates, layers, action } = network;
  const read = features.flatMap((feature, i) => (isRead(feature) ? [i] : []));
  const all = read.length === features.length;
  const widest = Math.max(...layers.map(({ outputs }) => outputs));
  const last = layers.length - 1;
  const scores = candidates > 1 ? candidates : layers[last].outputs;
  const from = candidates > 1 ? "features + candidate * FEATURES" : "features";
  const tables = [
    ...(all ? [] : [constantArray(features.length > 256 ? "uint16_t" : "uint8_t", "read_features", read)]),
    constantArray(
      "int16_t",
      "lowest",
      read.map((i) => features[i].low),
    ),
    constantArray(
      "int16_t",
      "highest",
      read.map((i) => features[i].high),
    ),
    ...layers.map((layer, i) => layerTables(layer, i, bits)),
  ];
  const body = `	for (i = 0; i < READ; i++)
		x[i] = saturate(row[${all ? "i" : "read_features[i]"}], lowest[i], highest[i]);
${layers.map((layer, i) => layerCode(layer, i, i === last)).join("")}`;
  const source = `#include "${file}.h"

/*
 * Sums are 32-bit: the weights are scaled so that no input can make one overflow. Shifts of negative
 * numbers to the right keep the sign, as every compiler that builds kernels does.
 */

#define FEATURES ${features.length}
#define READ ${read.length}
#define WIDEST ${widest}

${tables.join("\n")}
${SATURATE}
/* Adds the products of an input with its weights to the sums. */
static void add_products(int32_t *sums, int32_t x, const ${weightType(bits)} *weights, int count)
{
	int j;

	for (j = 0; j + 4 <= count; j += 4) {
		sums[j] += x * weights[j];
		sums[j + 1] += x * weights[j + 1];
		sums[j + 2] += x * weights[j + 2];
		sums[j + 3] += x * weights[j + 3];
	}
	for (; j < count; j++)
		sums[j] += x * weights[j];
}

/* The scores of a row of features. */
static void score(const int32_t *row, int32_t *scores)
{
	int32_t x[${Math.max(widest, read.length)}];
	int32_t sums[WIDEST];
	int i, j;

${body}}

${choiceFunctions(network)}int ${decide}(const int32_t *features, int32_t *action)
{
	int32_t scores[${scores}];
${candidates > 1 ? "\tint candidate;\n" : ""}${action.kind === "choices" ? "\tint result = 0;\n" : ""}
${
  candidates > 1
    ? `	for (candidate = 0; candidate < ${candidates}; candidate++)
		if (features[${candidates} * FEATURES + candidate])
			score(${from}, scores + candidate);
`
    : "\tscore(features, scores);\n"
}${choiceCode(network)}}
`;
  return { header: cHeader(about, network), source };
}

function weightType(bits: WeightBits): string {
  return `int${bits}_t`;
}

function layerTables({ weights, biases, shifts }: IntegerLayer, i: number, bits: WeightBits): string {
  return [
    constantArray(weightType(bits), `weights_${i}`, weights),
    constantArray("int32_t", `biases_${i}`, biases),
    constantArray("uint8_t", `shifts_${i}`, shifts),
  ].join("\n");
}

function layerCode({ inputs, outputs }: IntegerLayer, i: number, last: boolean): string {
  const target = last
    ? `		scores[j] = sums[j] >> shifts_${i}[j];`
    : `		x[j] = saturate(sums[j] < 0 ? 0 : sums[j] >> shifts_${i}[j], 0, INT16_MAX);`;
  // The first input is not skipped when it is 0: the loop then cannot become a call of memcpy, which is no part of C
  // without a library.
  return `
	for (j = 0; j < ${outputs}; j++)
		sums[j] = biases_${i}[j] + x[0] * weights_${i}[j];
	for (i = 1; i < ${inputs}; i++)
		if (x[i])
			add_products(sums, x[i], weights_${i} + i * ${outputs}, ${outputs});
	for (j = 0; j < ${outputs}; j++)
${target}
`;
}
