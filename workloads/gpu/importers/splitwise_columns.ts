/** Heading of splitwise-sim's performance table. */
export const SPLITWISE_COLUMNS = [
  "model",
  "hardware",
  "prompt_size",
  "batch_size",
  "token_size",
  "peak_power",
  "average_power",
  "prompt_time",
  "token_time",
  "e2e_time",
  "tensor_parallel",
];
