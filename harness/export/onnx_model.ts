import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  TensorProto_DataType as Type,
  type ValueInfoProtoSchema,
} from "onnx-buf";
import type { NetworkPolicy } from "../../agents/network_policy.ts";
import { OBSERVATION_CLIP } from "../../agents/observations.ts";
import { alternatives, type Box, Discrete } from "../../gym/spaces.ts";
import { VERSION } from "../run/versions.ts";
import { realNetwork } from "./real_layers.ts";

/** Versions of the file format and of the operators. Source: choice; every operator here is older than both. */
const IR_VERSION = 8n;
const OPSET = 17n;

/** Stands for a forbidden alternative: less than any score, and finite. */
const FORBIDDEN = -3.4e38;

/** Name of the dimension of decisions. */
const ROWS = "rows";

/**
 * A trained policy as an ONNX model, in floating point, with its normaliser. Inputs: `observation`, float
 * [rows, numbers] or [rows, actions, features], and for choices `mask`, bool [rows, alternatives]. Outputs: `scores`,
 * float, what the network puts out, and `action`: float [rows, numbers] for a Box, int64 [rows, choices] for choices.
 *
 * @param names what each feature is; they stand in the model's metadata
 */
export function networkToOnnx(policy: NetworkPolicy, names: readonly string[]): Uint8Array {
  const { observationSpace, actionSpace, normaliser } = policy;
  const { layers, candidates, maskSize } = realNetwork(policy);
  const graph = new Graph();
  const size = observationSpace.size / candidates;
  let x = graph.input("observation", Type.FLOAT, candidates > 1 ? [candidates, size] : [size]);
  if (normaliser !== null) {
    x = graph.node("Sub", [x, graph.floats("mean", normaliser.mean)]);
    x = graph.node("Mul", [
      x,
      graph.floats(
        "scale",
        Float64Array.from(normaliser.mean, (_, i) => normaliser.scale(i)),
      ),
    ]);
    x = graph.node("Clip", [x, graph.scalar("least", -OBSERVATION_CLIP), graph.scalar("most", OBSERVATION_CLIP)]);
  }
  for (const [i, { inputs, outputs, weights, biases }] of layers.entries()) {
    x = graph.node("MatMul", [x, graph.floats(`weights_${i}`, weights, [inputs, outputs])]);
    x = graph.node("Add", [x, graph.floats(`biases_${i}`, biases)]);
    if (i + 1 < layers.length) x = graph.node("Relu", [x]);
  }
  // The scorer puts out one number for each line: [rows, actions, 1].
  if (candidates > 1) x = graph.node("Reshape", [x, graph.integers("shape_of_scores", [-1, candidates])]);
  const counts = alternatives(actionSpace);
  const width = counts === null ? actionSpace.size : maskSize;
  x = graph.output("Identity", [x], "scores", Type.FLOAT, width);
  if (counts === null) addBounds(graph, x, actionSpace as Box);
  else addChoices(graph, x, counts, actionSpace instanceof Discrete ? actionSpace.start : 0);
  return graph.model(policy.env, policy.algorithm, names);
}

/** The action of a Box: 1 stands for half the range of a dimension with both bounds, 0 for its middle. */
function addBounds(graph: Graph, scores: string, { low, high }: Box): void {
  const isBounded = (i: number) => Number.isFinite(low[i]) && Number.isFinite(high[i]);
  const half = Float64Array.from(low, (value, i) => (isBounded(i) ? (high[i] - value) / 2 : 1));
  const middle = Float64Array.from(low, (value, i) => (isBounded(i) ? (high[i] + value) / 2 : 0));
  const finite = (value: number) => Math.min(Math.max(value, FORBIDDEN), -FORBIDDEN);
  let x = graph.node("Mul", [scores, graph.floats("half_ranges", half)]);
  x = graph.node("Add", [x, graph.floats("middles", middle)]);
  x = graph.node("Max", [x, graph.floats("lows", Float64Array.from(low, finite))]);
  graph.output("Min", [x, graph.floats("highs", Float64Array.from(high, finite))], "action", Type.FLOAT, low.length);
}

/** The allowed alternative with the highest score, for each choice. */
function addChoices(graph: Graph, scores: string, counts: readonly number[], start: number): void {
  const width = counts.reduce((sum, count) => sum + count, 0);
  const mask = graph.input("mask", Type.BOOL, [width]);
  const legal = graph.node("Where", [mask, scores, graph.scalar("forbidden", FORBIDDEN)]);
  let first = 0;
  const axis = graph.integers("axis_of_alternatives", [1]);
  const best = counts.map((count, choice) => {
    const from = graph.integers(`first_of_${choice}`, [first]);
    const to = graph.integers(`end_of_${choice}`, [first + count]);
    first += count;
    const own = graph.node("Slice", [legal, from, to, axis]);
    return graph.node("ArgMax", [own], { axis: 1, keepdims: 1 });
  });
  const action = graph.node("Concat", best, { axis: 1 });
  graph.output("Add", [action, graph.integers("start", [start])], "action", Type.INT64, counts.length);
}

/** Collects the parts of a graph. Values have names. */
class Graph {
  readonly #inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  readonly #outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  readonly #nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  readonly #constants: MessageInitShape<typeof TensorProtoSchema>[] = [];

  input(name: string, type: Type, shape: readonly number[]): string {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** A constant vector, or a matrix of this shape. */
  floats(name: string, values: Float64Array, shape: readonly number[] = [values.length]): string {
    this.#constants.push({ name, dataType: Type.FLOAT, dims: shape.map(BigInt), floatData: [...values] });
    return name;
  }

  scalar(name: string, value: number): string {
    this.#constants.push({ name, dataType: Type.FLOAT, dims: [], floatData: [value] });
    return name;
  }

  integers(name: string, values: readonly number[]): string {
    this.#constants.push({
      name,
      dataType: Type.INT64,
      dims: [BigInt(values.length)],
      int64Data: values.map(BigInt),
    });
    return name;
  }

  /** An operation with one output, whose name it returns. */
  node(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, number>> = {},
    name?: string,
  ): string {
    const output = name ?? `${opType.toLowerCase()}_${this.#nodes.length}`;
    const attribute = Object.entries(attributes).map(([key, value]) => ({
      name: key,
      type: AttributeProto_AttributeType.INT,
      i: BigInt(value),
    }));
    this.#nodes.push({ name: output, opType, input: [...input], output: [output], attribute });
    return output;
  }

  /** An operation whose output is one of the model's. */
  output(opType: string, input: readonly string[], name: string, type: Type, size: number): string {
    this.#outputs.push(valueInfo(name, type, [size]));
    return this.node(opType, input, {}, name);
  }

  /** The model as a file. */
  model(env: string, algorithm: string, names: readonly string[]): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      opsetImport: [{ domain: "", version: OPSET }],
      producerName: "ring0-gym",
      producerVersion: VERSION,
      docString: `A policy for ${env}.`,
      metadataProps: [
        { key: "env", value: env },
        { key: "algorithm", value: algorithm },
        { key: "features", value: JSON.stringify(names) },
      ],
      graph: {
        name: "policy",
        node: this.#nodes,
        initializer: this.#constants,
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return toBinary(ModelProtoSchema, model);
  }
}

function valueInfo(
  name: string,
  elemType: Type,
  shape: readonly number[],
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = [
    { value: { case: "dimParam" as const, value: ROWS } },
    ...shape.map((length) => ({ value: { case: "dimValue" as const, value: BigInt(length) } })),
  ];
  return { name, type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } } };
}
