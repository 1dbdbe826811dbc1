import { type CAbout, cHeader } from "./c_header.ts";
import { choiceCode, choiceFunctions, SATURATE } from "./c_parts.ts";
import { type CFiles, cNames, constantArray } from "./c_text.ts";
import { type FixedFeature, type IntegerLayer, type IntegerNetwork, isRead } from "./integer_policy.ts";
import type { WeightBits } from "./network_to_integers.ts";

/** A network in C. */
export function networkToC(about: CAbout, network: IntegerNetwork, bits: WeightBits): CFiles {
  const { file, function: decide } = cNames(about.name);
  const { features, candidates, layers, action } = network;
  const read = features.flatMap((feature, i) => (isRead(feature) ? [i] : []));
  const last = layers.length - 1;
  const isScorer = candidates > 1;
  const source = `#include "${file}.h"

/*
 * Sums are 32-bit: the weights are scaled so that no input can make one overflow. Shifts of negative
 * numbers to the right keep the sign, as every compiler that builds kernels does.${bits === 16 ? PAIRS : ""}
 */

#define FEATURES ${features.length}
#define READ ${read.length}

${featureTables(features, read)}
${layers.map((layer, i) => layerTables(layer, i, bits)).join("\n")}
${SATURATE}
${last > 0 ? ACTIVATE : ""}${layers.some(isWide) ? addProducts(bits) : ""}/* The scores of a row of features. */
static void score(const int32_t *row, int32_t *scores)
{
${locals(layers, read.length, bits)}
	for (i = 0; i < READ; i++)
		x[i] = saturate(row[${read.length === features.length ? "i" : "read_features[i]"}], lowest[i], highest[i]);
${layers.map((layer, i) => layerCode(layer, i, i === last, bits)).join("")}}

${choiceFunctions(network)}int ${decide}(const int32_t *features, int32_t *action)
{
	int32_t scores[${isScorer ? candidates : even(layers[last].outputs)}];
${isScorer ? "\tint candidate;\n" : ""}${action.kind === "choices" ? "\tint result = 0;\n" : ""}
${isScorer ? scoreCandidates(candidates) : "\tscore(features, scores);\n"}${choiceCode(network)}}
`;
  return { header: cHeader(about, network), source };
}

function scoreCandidates(candidates: number): string {
  return `	for (candidate = 0; candidate < ${candidates}; candidate++)
		if (features[${candidates} * FEATURES + candidate])
			score(features + candidate * FEATURES, scores + candidate);
`;
}

/** Which features are read, and the ranges to which they saturate. */
function featureTables(features: readonly FixedFeature[], read: readonly number[]): string {
  const low = read.map((i) => features[i].low);
  const high = read.map((i) => features[i].high);
  const index = features.length > 256 ? "uint16_t" : "uint8_t";
  return [
    ...(read.length === features.length ? [] : [constantArray(index, "read_features", read)]),
    constantArray("int16_t", "lowest", low),
    constantArray("int16_t", "highest", high),
  ].join("\n");
}

/** The variables of the function that scores. */
function locals(layers: readonly IntegerLayer[], read: number, bits: WeightBits): string {
  const most = Math.max(...layers.map(({ outputs }) => outputs));
  const wide = layers.filter(isWide);
  const columns = Math.max(0, ...wide.map((layer) => columnsOf(layer, bits)));
  return [
    `	int32_t x[${even(Math.max(most, read))}];`,
    ...(wide.length > 0 ? [`	int${bits === 16 ? 64 : 32}_t sums[${columns}];`] : []),
    ...(wide.length < layers.length || bits === 16 ? ["	int32_t sum;"] : []),
    ...(wide.length > 0 ? ["	int i, j;"] : ["	int i;"]),
    "",
  ].join("\n");
}

/** Whether a layer has several outputs. */
function isWide({ outputs }: IntegerLayer): boolean {
  return outputs > 1;
}

/** Columns of a layer's table of weights. */
function columnsOf({ outputs }: IntegerLayer, bits: WeightBits): number {
  return bits === 16 && outputs > 1 ? even(outputs) / 2 : outputs;
}

/** The least even number that is not less. */
function even(count: number): number {
  return count + (count & 1);
}

const ACTIVATE = `/* What a unit puts out. */
static int32_t activate(int32_t sum, int shift)
{
	return sum < 0 ? 0 : saturate(sum >> shift, 0, INT16_MAX);
}

`;

const PAIRS = `
 *
 * 16-bit weights of two neighbouring outputs stand in one 64-bit number, the second one times 2^32: one
 * multiplication does both. Neither sum can reach into the other beyond a borrow, which is given back.`;

/** The function that adds the products of an input with its weights to the sums. */
function addProducts(bits: WeightBits): string {
  const [sum, weight, times] = bits === 16 ? ["int64_t", "int64_t", "(int64_t)x"] : ["int32_t", "int8_t", "x"];
  return `/* Adds the products of an input with its weights to the sums. */
static void add_products(${sum} *sums, int32_t x, const ${weight} *weights, int count)
{
	int j;

	for (j = 0; j + 4 <= count; j += 4) {
		sums[j] += ${times} * weights[j];
		sums[j + 1] += ${times} * weights[j + 1];
		sums[j + 2] += ${times} * weights[j + 2];
		sums[j + 3] += ${times} * weights[j + 3];
	}
	for (; j < count; j++)
		sums[j] += ${times} * weights[j];
}

`;
}

function layerTables(layer: IntegerLayer, i: number, bits: WeightBits): string {
  const { outputs, weights, biases, shifts } = layer;
  if (bits === 8 || !isWide(layer)) {
    return [
      constantArray(`int${bits}_t`, `weights_${i}`, weights),
      constantArray("int32_t", `biases_${i}`, biases),
      constantArray("uint8_t", `shifts_${i}`, shifts),
    ].join("\n");
  }
  const padded = Array.from({ length: even(outputs) }, (_, j) => shifts[j] ?? 0);
  return [
    constantArray("int64_t", `weights_${i}`, pairs(weights, outputs)),
    constantArray("int64_t", `biases_${i}`, pairs(biases, outputs)),
    constantArray("uint8_t", `shifts_${i}`, padded),
  ].join("\n");
}

/** Neighbours of each line in one number: the first, plus the second times 2^32. The last of an odd line is alone. */
function pairs(values: ArrayLike<number>, line: number): bigint[] {
  const all: bigint[] = [];
  for (let from = 0; from < values.length; from += line) {
    for (let j = 0; j < line; j += 2) {
      const second = j + 1 < line ? values[from + j + 1] : 0;
      all.push(BigInt(values[from + j]) + (BigInt(second) << 32n));
    }
  }
  return all;
}

/**
 * The code of a layer. The first input is not skipped when it is 0: the loop then cannot become a call of memcpy, which
 * is no part of C without a library.
 */
function layerCode(layer: IntegerLayer, i: number, isLast: boolean, bits: WeightBits): string {
  const { inputs } = layer;
  const put = (at: string, sum: string) =>
    isLast ? `scores[${at}] = ${sum} >> shifts_${i}[${at}];` : `x[${at}] = activate(${sum}, shifts_${i}[${at}]);`;
  if (!isWide(layer)) {
    return `
	sum = biases_${i}[0];
	for (i = 0; i < ${inputs}; i++)
		sum += x[i] * weights_${i}[i];
	${put("0", "sum")}
`;
  }
  const columns = columnsOf(layer, bits);
  const finish =
    bits === 8
      ? `		${put("j", "sums[j]")}
`
      : `{
		sum = (int32_t)sums[j];
		${put("2 * j", "sum")}
		sum = (int32_t)((sums[j] - sum) >> 32);
		${put("2 * j + 1", "sum")}
	}
`;
  return `
	for (j = 0; j < ${columns}; j++)
		sums[j] = biases_${i}[j] + ${bits === 16 ? "(int64_t)x[0]" : "x[0]"} * weights_${i}[j];
	for (i = 1; i < ${inputs}; i++)
		if (x[i])
			add_products(sums, x[i], weights_${i} + i * ${columns}, ${columns});
	for (j = 0; j < ${columns}; j++)${bits === 16 ? " " : "\n"}${finish}`;
}
