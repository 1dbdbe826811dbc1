import type { Command } from "commander";
import { MOST } from "../harness/run/limits.ts";
import { type Format, figure, formatOption, printCsv, printJson, printTable } from "./output.ts";
import { countOption, parseWhole } from "./parse.ts";
import { Progress } from "./progress.ts";

interface Options {
  seed: number;
  streams: number;
  epochs: number;
  out?: string;
  format: Format;
}

/** The command `train-kml`. */
export function addTrainKml(program: Command): void {
  program
    .command("train-kml")
    .description("train the workload classifier of the readahead heuristic kml, and measure it on held-out streams")
    .option("--seed <n>", "seed of the streams and of the training", parseWhole, 1)
    .addOption(countOption("--streams <n>", "training streams of each of the four classes", MOST.streams).default(100))
    .addOption(countOption("--epochs <n>", "passes over the samples", MOST.epochs).default(60))
    .option("--out <file>", "also write the classifier as JSON, in the format of baselines/readahead/kml_weights.json")
    .addOption(formatOption())
    .action(runTrainKml);
}

async function runTrainKml({ out, format, ...options }: Options): Promise<void> {
  const { trainKml, writeKml } = await import("../harness/tune/train_kml.ts");
  const { assertOutputFile } = await import("../harness/tune/tune_environment.ts");
  if (out !== undefined) assertOutputFile(out);
  const progress = new Progress("training");
  const trained = trainKml({
    ...options,
    onEpoch: (epoch, loss) => progress.update(epoch, options.epochs, `loss ${figure(loss)}`),
  });
  progress.stop();
  if (out !== undefined) writeKml(trained, out);
  const { samples, accuracy, accuracyByClass } = trained;
  const records = [...Object.entries(accuracyByClass), ["all", accuracy] as const];
  if (format === "json") printJson({ ...options, samples, accuracy, accuracyByClass });
  else if (format === "csv") printCsv(records.map(([kind, share]) => ({ class: kind, accuracy: share })));
  else
    printTable(
      ["class", "accuracy on held-out streams"],
      records.map(([kind, share]) => [kind, figure(share)]),
    );
}
