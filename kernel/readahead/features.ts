/**
 * Meaning of each feature by its identifier, in the order of the columns. The features of one candidate page set stand
 * in one row of a matrix. Saved policies and the documentation of the environment know a feature by its column. The
 * order therefore never changes, and a new feature goes last. "Its" is the candidate's. A lone fault is a major fault
 * on an idle device.
 */
const DESCRIPTIONS = {
  pages: "pages it would read now / 16",
  readsAny: "whether it would read any",
  transferTime: "time the device takes for them / time of a lone fault",
  shareOfFrames: "pages it would read / frames, x 8",
  namedUsed: "share of its pages to be used, as of all that its rule named lately",
  namedUsedInVma: "share of its pages to be used, as of what its rule named in this VMA",
  namedUsedByPc: "share of its pages to be used, as of what its rule named for this instruction",
  readUsedByPc: "share of its source's pages read for this instruction that were used",
  namesNextInThread: "how often its rule would have named the next page of this thread",
  namesNextInVma: "how often its rule would have named the next page in this VMA",
  namesNextByPc: "how often its rule would have named the next page for this instruction",
  pagesTimesUsedByPc: "pages it would read now / 16 x share for this instruction",
  neighboursNear: "share of its direction's neighbours used lately, near",
  neighboursFar: "share of its direction's neighbours used lately, far",
  ghbChoice: "what a global history buffer would choose",
  readsNothing: "reads nothing",
  stockWindow: "stock window",
  vmaAhead: "VMA window ahead",
  vmaBehind: "VMA window behind",
  vmaAround: "VMA window around",
  slotCluster: "slot cluster",
  threadStride: "stride of the thread",
  pcStride: "stride of the instruction",
  pageReplay: "replay after this page",
  pcReplay: "replay after this instruction",
  logSize: "log2(size) / 5",
  atMarker: "at a marker",
  writes: "the fault writes",
  deviceWait: "wait for the device / time of a lone fault",
  readsUnderWay: "reads under way / 64",
  logLoneFault: "ln(time of a lone fault / us) / 5",
  pageTransfer: "transfer of a page / time of a lone fault, x 10",
  logFrames: "frames, log2 / 16",
  shortRefaults: "pages lately refaulted shortly after their reclaim",
  refaultDistance: "refault distance of this page / frames",
  hitShare: "share of swap accesses that were hits, lately",
  stockHits: "stock hit count of the VMA / 8",
  pagesUnused: "pages read ahead and not used yet / 64",
  neighboursPresent: "neighbours that are there already, at a marker / 16",
  majorFaultTime: "time of a major fault lately / time of a lone fault",
  nextFollowsInThread: "how often the next page was among the 4 that followed last time, in this thread",
  nextFollowsInVma: "how often the next page was among the 4 that followed last time, in this VMA",
} as const;

/** Identifier of a feature. */
export type Feature = keyof typeof DESCRIPTIONS;

/** Meaning of each column of the matrix of features. The matrix has one row for each candidate. */
export const FEATURES: readonly string[] = Object.values(DESCRIPTIONS);

/**
 * Column of each feature by its identifier: `FEATURE.ghbChoice` is 14. Code that reads a feature, or is configured with
 * columns, uses these names instead of numbers.
 */
export const FEATURE = Object.freeze(
  Object.fromEntries(Object.keys(DESCRIPTIONS).map((name, column) => [name, column])),
) as Readonly<Record<Feature, number>>;
