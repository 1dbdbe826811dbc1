import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { InferenceSession, Tensor } from "onnxruntime-web";
import { expect, it } from "vitest";
import { networkToOnnx } from "../../../harness/export/onnx_model.ts";
import { CASES, randomPolicy, randomRecording } from "./small_policies.ts";

it.each(CASES)("a runtime decides what a policy of shape $name decides", async (shape) => {
  const policy = randomPolicy(shape);
  const { shape: sides } = shape.observationSpace;
  const features = sides[sides.length - 1];
  const { count, observations, masks, maskSize, actions, actionSize } = randomRecording(policy, features, 200, 1);
  const names = Array.from({ length: features }, (_, i) => `feature ${i}`);
  const session = await InferenceSession.create(networkToOnnx(policy, names));
  const { action, scores } = await session.run({
    observation: new Tensor("float32", observations, [count, ...sides]),
    ...(maskSize > 0 && { mask: new Tensor("bool", masks, [count, maskSize]) }),
  });
  expect(scores.dims[0]).toBe(count);
  expect(action.dims).toEqual([count, actionSize]);
  const decided = Array.from(action.data as ArrayLike<number | bigint>, Number);
  // Sums are added up in another order.
  for (const [i, value] of decided.entries()) expect(value).toBeCloseTo(actions[i], 3);
});

it("says for which environment it is, and what the features are", () => {
  const shape = CASES[0];
  const names = Array.from({ length: 18 }, (_, i) => `feature ${i} / us`);
  const { metadataProps, producerName, graph } = fromBinary(
    ModelProtoSchema,
    networkToOnnx(randomPolicy(shape), names),
  );
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
  expect(metadata).toEqual({ env: "ring0/Tiering-v1", algorithm: "ppo", features: JSON.stringify(names) });
  expect(producerName).toBe("ring0-gym");
  expect(graph!.input.map(({ name }) => name)).toEqual(["observation"]);
});
