import { z } from "zod";
import { type KernelSequence, kernelSequence } from "../../../kernel/gpu/workload.ts";
import { parseJson } from "./parse_json.ts";

const us = z.number().positive().max(1e9);

const schema = z.looseObject({
  model_latency: us,
  kernel_latency: z
    .record(z.string(), z.looseObject({ total_latency: us, latency: z.array(us).min(1) }))
    .refine((kernels) => Object.keys(kernels).length > 0, "there must be a kernel"),
});

/**
 * Reads the kernels of a REEF profile (`*.profile.json`). Each kernel appears once, because the number of its launches
 * is in another file. Times are scaled to the model's total, which the sum of the kernels does not match. A thread
 * block takes as long as the kernel takes with one block on each compute unit.
 *
 * @throws InputFormatError that names what is wrong
 */
export function importReef(
  text: string,
  { file, name = "reef" }: { file?: string; name?: string } = {},
): KernelSequence {
  const { model_latency: modelUs, kernel_latency: kernels } = parseJson(text, schema, file);
  const times = Object.values(kernels);
  const sum = times.reduce((total, { total_latency: own }) => total + own, 0);
  const scale = (1000 * modelUs) / sum;
  return kernelSequence(
    name,
    times.map(({ total_latency: own }) => own * scale),
    { blockNs: times.map(({ latency }) => latency[0] * scale) },
  );
}
