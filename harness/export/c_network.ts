import { type CAbout, cHeader } from "./c_header.ts";
import { choiceCode, choiceFunctions, SATURATE } from "./c_parts.ts";
import { type CFiles, cNames, constantArray } from "./c_text.ts";
import { type FixedFeature, type IntegerLayer, type IntegerNetwork, isRead } from "./integer_policy.ts";
import type { WeightBits } from "./network_to_integers.ts";

/** A network in C. */
export function networkToC(about: CAbout, network: IntegerNetwork, bits: WeightBits): CFiles {
  const { file, function: decide } = cNames(about.name);
  const { features, candidates, action } = network;
  const { read, shared, layers } = sharedFirst(features, network.layers);
  const last = layers.length - 1;
  const isScorer = candidates > 1;
  const source = `#include "${file}.h"

/*
 * Sums are 32-bit: the weights are scaled so that no input can make one overflow. Shifts of negative
 * numbers to the right keep the sign, as every compiler that builds kernels does.${bits === 16 ? PAIRS : ""}
 */

#define FEATURES ${features.length}
#define READ ${read.length}
#define SHARED ${shared}

${featureTables(features, read)}
${layers.map((layer, i) => layerTables(layer, i, bits)).join("\n")}
${SATURATE}
${last > 0 ? ACTIVATE : ""}${layers.some(isWide) ? addProducts(bits) : ""}${shared > 0 ? shareFunction(layers[0], isAll(read, features.length), bits) : ""}/* The scores of a row of features. */
static void score(const int32_t *row, ${shared > 0 ? `const ${sumType(bits)} *base, ` : ""}int32_t *scores)
{
${locals(layers, read.length, bits)}
	for (i = SHARED; i < READ; i++)
		x[i] = saturate(row[${featureIndex(isAll(read, features.length))}], lowest[i], highest[i]);
${layers.map((layer, i) => layerCode(layer, i, i === last, bits, i === 0 ? shared : 0)).join("")}}

${choiceFunctions(network)}int ${decide}(const int32_t *features, int32_t *action)
{
	int32_t scores[${isScorer ? candidates : even(layers[last].outputs)}];
${shared > 0 ? `\t${sumType(bits)} base[${columnsOf(layers[0], bits)}];\n\tint first = 1;\n` : ""}${isScorer ? "\tint candidate;\n" : ""}${action.kind === "choices" ? "\tint result = 0;\n" : ""}
${isScorer ? scoreCandidates(candidates, shared > 0) : "\tscore(features, scores);\n"}${choiceCode(network)}}
`;
  return { header: cHeader(about, network), source };
}

/** Which features are read, in which order, and how many of them, the first ones, all candidates share. */
interface ReadOrder {
  read: readonly number[];
  shared: number;
  /** With the lines of the first layer in the same order. */
  layers: readonly IntegerLayer[];
}

/**
 * Reads shared features first, so that the first layer adds them up once for all candidates. A single output is not
 * worth it.
 */
function sharedFirst(features: readonly FixedFeature[], layers: readonly IntegerLayer[]): ReadOrder {
  const read = features.flatMap((feature, i) => (isRead(feature) ? [i] : []));
  const [first, ...others] = layers;
  const places = [...read.keys()];
  const shared = places.filter((place) => features[read[place]].shared);
  // Each part begins with a feature that needs no sum before it.
  if (!isWide(first) || shared.length === 0 || shared.length === read.length) return { read, shared: 0, layers };
  const order = [...shared, ...places.filter((place) => !features[read[place]].shared)];
  const { outputs } = first;
  const weights = first.weights.map(
    (_, at) => first.weights[order[Math.floor(at / outputs)] * outputs + (at % outputs)],
  );
  return { read: order.map((place) => read[place]), shared: shared.length, layers: [{ ...first, weights }, ...others] };
}

/** The function that adds up what all candidates share. */
function shareFunction(layer: IntegerLayer, all: boolean, bits: WeightBits): string {
  const columns = columnsOf(layer, bits);
  return `/* What the features that all candidates share add to the sums of the first layer. */
static void share(const int32_t *row, ${sumType(bits)} *base)
{
	int32_t x[SHARED];
	int i, j;

	for (i = 0; i < SHARED; i++)
		x[i] = saturate(row[${featureIndex(all)}], lowest[i], highest[i]);
${products("base", "biases_0[j]", 0, 0, "SHARED", columns, bits)}}

`;
}

/** Sums of products of inputs with their weights, from what is there before. The first input is never skipped. */
function products(
  sums: string,
  before: string,
  layer: number,
  from: number | string,
  to: number | string,
  columns: number,
  bits: WeightBits,
): string {
  const row = from === 0 ? "j" : `${from} * ${columns} + j`;
  return `	for (j = 0; j < ${columns}; j++)
		${sums}[j] = ${before} + ${bits === 16 ? "(int64_t)" : ""}x[${from}] * weights_${layer}[${row}];
	for (i = ${from === 0 ? "1" : `${from} + 1`}; i < ${to}; i++)
		if (x[i])
			add_products(${sums}, x[i], weights_${layer} + i * ${columns}, ${columns});
`;
}

/** Whether features are read one after another, and all of them. */
function isAll(read: readonly number[], count: number): boolean {
  return read.length === count && read.every((feature, i) => feature === i);
}

/** The place of the i-th feature that is read. */
function featureIndex(all: boolean): string {
  return all ? "i" : "read_features[i]";
}

function sumType(bits: WeightBits): string {
  return bits === 16 ? "int64_t" : "int32_t";
}

function scoreCandidates(candidates: number, share: boolean): string {
  const call = (more: string) => `score(features + candidate * FEATURES, ${more}scores + candidate);`;
  const body = share
    ? `{
			if (first)
				share(features + candidate * FEATURES, base);
			first = 0;
			${call("base, ")}
		}`
    : `
			${call("")}`;
  return `	for (candidate = 0; candidate < ${candidates}; candidate++)
		if (features[${candidates} * FEATURES + candidate])${share ? " " : ""}${body}
`;
}

/** Which features are read, and the ranges to which they saturate. */
function featureTables(features: readonly FixedFeature[], read: readonly number[]): string {
  const low = read.map((i) => features[i].low);
  const high = read.map((i) => features[i].high);
  const index = features.length > 256 ? "uint16_t" : "uint8_t";
  return [
    ...(isAll(read, features.length) ? [] : [constantArray(index, "read_features", read)]),
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
    ...(wide.length > 0 ? [`	${sumType(bits)} sums[${columns}];`] : []),
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
 *
 * @param shared inputs whose products stand in `base` already
 */
function layerCode(layer: IntegerLayer, i: number, isLast: boolean, bits: WeightBits, shared: number): string {
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
  const added =
    shared > 0
      ? products("sums", "base[j]", i, "SHARED", inputs, columns, bits)
      : products("sums", `biases_${i}[j]`, i, 0, inputs, columns, bits);
  return `
${added}	for (j = 0; j < ${columns}; j++)${bits === 16 ? " " : "\n"}${finish}`;
}
