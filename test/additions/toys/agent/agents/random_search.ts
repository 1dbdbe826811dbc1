import { EsTrainer } from "./es.ts";
import { esOptionsSchema } from "./es_options.ts";

/** Hyperparameters of the toy agent. */
export const randomSearchOptionsSchema = esOptionsSchema;

/** A toy agent: evolution strategies by another name. */
export class RandomSearchTrainer extends EsTrainer {}
