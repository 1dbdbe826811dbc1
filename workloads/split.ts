/** Agents learn on `train`, choices are made on `validation`, and results are reported on `test`. */
export type Split = "train" | "validation" | "test";
