import type { Split } from "../split.ts";
import type { ReadaheadCatalogEntry } from "./catalog_entry.ts";
import { bfs } from "./generators/bfs.ts";
import { blend } from "./generators/blend.ts";
import { btree } from "./generators/btree.ts";
import { gc } from "./generators/gc.ts";
import type { ReadaheadGenerator } from "./generators/generator.ts";
import { hashJoin } from "./generators/hash_join.ts";
import { hotCold } from "./generators/hot_cold.ts";
import { interpreter } from "./generators/interpreter.ts";
import { kmerge } from "./generators/kmerge.ts";
import { logReplay } from "./generators/log_replay.ts";
import { lsm } from "./generators/lsm.ts";
import { matmul } from "./generators/matmul.ts";
import { mixed } from "./generators/mixed.ts";
import { pagerank } from "./generators/pagerank.ts";
import { phase } from "./generators/phase.ts";
import { pointerChase } from "./generators/pointer_chase.ts";
import { randomAccess } from "./generators/random_access.ts";
import { relaunch } from "./generators/relaunch.ts";
import { scanHot } from "./generators/scan_hot.ts";
import { seq } from "./generators/seq.ts";
import { server } from "./generators/server.ts";
import { stencil } from "./generators/stencil.ts";
import { stride } from "./generators/stride.ts";
import { trie } from "./generators/trie.ts";
import { recorded } from "./recorded.ts";

/** Every workload of the readahead environments. Splits are by family: no tested family was trained on. */
export const readaheadWorkloads: readonly ReadaheadCatalogEntry[] = [
  generated("seq", "train", seq),
  generated("stride", "train", stride),
  generated("random", "train", randomAccess),
  generated("mixed", "train", mixed),
  generated("pointer-chase", "train", pointerChase),
  generated("phase", "train", phase),
  generated("hash-join", "train", hashJoin),
  generated("hotcold", "train", hotCold),
  generated("scan-hot", "train", scanHot),
  generated("interpreter", "train", interpreter),
  generated("log-replay", "train", logReplay),
  generated("blend", "train", blend),
  recorded("sqlite", "train"),
  recorded("zstd", "train"),
  recorded("zstd-mt", "train", { family: "zstd" }),
  recorded("mawk", "train"),
  recorded("python", "train"),
  recorded("perl", "train"),
  generated("kmerge", "validation", kmerge),
  generated("stencil", "validation", stencil),
  generated("trie", "validation", trie),
  generated("pagerank", "validation", pagerank),
  recorded("lua", "validation"),
  recorded("tcc", "validation"),
  recorded("xz", "validation"),
  generated("matmul", "test", matmul),
  generated("btree", "test", btree),
  generated("bfs", "test", bfs),
  generated("gc", "test", gc),
  generated("relaunch", "test", relaunch),
  generated("lsm", "test", lsm),
  generated("server", "test", server),
  recorded("sort", "test"),
  recorded("sort-mt", "test", { family: "sort" }),
  recorded("metis", "test"),
  recorded("redis", "test"),
  recorded("cc1", "test"),
];

function generated(name: string, split: Split, generate: ReadaheadGenerator): ReadaheadCatalogEntry {
  return { name, family: name, split, source: "generator", open: (seed, options) => generate(seed, options) };
}
