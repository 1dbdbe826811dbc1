/** Options for importing a file. */
export interface GpuImportOptions {
  /** Path of the file, for messages. */
  file?: string | undefined;
  /** Name of the workload. Default: the importer's own. */
  name?: string | undefined;
  /** Longest run, ns. Default: as stated in the file, else the importer's own. */
  durationNs?: number | undefined;
  /** Seed of what the file leaves open: kernels of its models, times of random arrivals. Default: 0. */
  seed?: number | undefined;
}
