import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { registry } from "../../../envs/index.ts";
import { decodeControl } from "../../../ladder/control.ts";
import { datasetBytes, encodeDataset } from "../../../ladder/dataset_bytes.ts";
import { LadderError } from "../../../ladder/ladder_error.ts";
import { MlModel } from "../../../ladder/ml_model.ts";
import { decodeRecommendation } from "../../../ladder/recommendation_bytes.ts";

/** Bytes of the device's buffer, as in the RFC's test driver. */
const DEVICE_BYTES = 1024;
const POLL_MS = 1;

/**
 * CartPole with a model of the ladder, behind files that look like those of the "ML library" RFC. `control` is a pipe; `device` is a
 * plain file in which the dataset and then the recommendation stand, told apart by their magic. What tokens, reads and writes do is the
 * model's to say.
 */
export class DirectoryKernel {
  /** All tokens that came, null for what was none. */
  readonly tokens: (string | null)[] = [];
  /** Actions that were carried out, one for each operation. */
  readonly actions: number[] = [];
  /** The observation of each of them. */
  readonly observations: Float32Array[] = [];
  readonly #env = registry.make<Float32Array, number>("CartPole-v1");
  readonly #device: string;
  readonly #control: number;
  readonly #timer: NodeJS.Timeout;
  #seed = 1;
  #observation: Float32Array;
  readonly #model = MlModel.create("cartpole", "ml_model1");
  /** Answers that it loses before it listens. */
  #lose: number;

  constructor(folder: string, model = "ml_model1", { lose = 0 } = {}) {
    mkdirSync(join(folder, model));
    const control = join(folder, model, "control");
    execFileSync("mkfifo", [control]);
    this.#device = join(folder, "device");
    writeFileSync(this.#device, new Uint8Array(DEVICE_BYTES));
    // Open for both: a pipe whose last writer leaves would be at its end.
    this.#control = openSync(control, constants.O_RDWR | constants.O_NONBLOCK);
    this.#observation = this.#env.reset({ seed: this.#seed }).observation;
    this.#lose = lose;
    this.#model.init();
    this.#model.preprocessData(() => this.#extract());
    this.#timer = setInterval(() => this.#poll(), POLL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    closeSync(this.#control);
  }

  #poll(): void {
    // The pipe first: who wrote "discard_dataset" into it has written the recommendation before.
    const lines = this.#readControl().split("\n").slice(0, -1);
    this.#takeRecommendation();
    for (const line of lines) {
      this.tokens.push(decodeControl(Buffer.from(line)));
      try {
        this.#model.control(line);
      } catch (error) {
        // A write to the attribute fails; the writer of a pipe does not hear of it.
        if (!(error instanceof LadderError)) throw error;
      }
      if (this.#model.getSystemState().dataset === "clean") this.#show();
    }
  }

  #readControl(): string {
    const bytes = new Uint8Array(4096);
    try {
      return Buffer.from(bytes.subarray(0, readSync(this.#control, bytes))).toString();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "";
      throw error;
    }
  }

  #takeRecommendation(): void {
    const bytes = new Uint8Array(DEVICE_BYTES);
    const file = openSync(this.#device, "r");
    readSync(file, bytes, 0, DEVICE_BYTES, 0);
    closeSync(file);
    if (decodeRecommendation(bytes, true) === "magic" || this.#model.state !== "running") return;
    this.#model.write(bytes, DEVICE_BYTES);
    const recommendation = decodeRecommendation(this.#model.takeRecommendation()!, true);
    if (typeof recommendation === "string" || recommendation.operation !== this.actions.length + 1) return;
    if (this.#lose-- > 0) {
      this.#write(new Uint8Array(DEVICE_BYTES));
      return;
    }
    this.observations.push(this.#observation);
    this.actions.push(recommendation.action[0]);
    const result = this.#env.step(recommendation.action[0]);
    this.#observation = result.observation;
    if (result.terminated || result.truncated) this.#observation = this.#env.reset({ seed: ++this.#seed }).observation;
  }

  /** Reads the dataset for the agent, who reads what stands in the file. */
  #show(): void {
    const bytes = new Uint8Array(DEVICE_BYTES).fill(0xab);
    this.#model.read(bytes);
    this.#write(bytes);
  }

  #extract(): Uint8Array {
    const observation = this.#observation;
    const bytes = new Uint8Array(datasetBytes(observation.length, 0));
    const operation = this.actions.length + 1;
    const rest = { run: this.#seed, first: false, end: false, live: true, terminated: false, rows: 1, reward: NaN };
    encodeDataset({ operation, observation, mask: null, ...rest }, bytes);
    return bytes;
  }

  #write(bytes: Uint8Array): void {
    const file = openSync(this.#device, "r+");
    writeSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
  }
}
