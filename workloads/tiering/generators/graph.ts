import { type RandomStream, randomStream } from "../../../kernel/random.ts";
import type { TieringWorkload } from "../../../kernel/tiering/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { scaleToSum, zipfWeights } from "../../weights.ts";
import { checkedWindows, type TieringGeneratorOptions } from "./generator.ts";
import { type PageTable, TableWorkload } from "./table_workload.ts";

/** Share of the vertices that a breadth-first search of a power-law graph reaches at each level. Source: choice. */
const LEVEL_SHARE = [0.01, 0.07, 0.32, 0.42, 0.13, 0.04, 0.01];
/** Windows in which one PageRank pass visits all edges. */
const PASS_WINDOWS = 4;

/**
 * Breadth-first searches and PageRank over a graph with power-law degrees.
 *
 * Pages, in order of loading:
 *
 * - edges: 65 %, only read, streamed
 * - vertex values: 30 %; popular vertices are touched far more than others (Zipf 0.5 to 0.9 over scattered pages), and
 *   a vertex is written when it is updated
 * - frontier queues: 5 %, written
 *
 * PageRank streams a quarter of the edges in a window. A search reads, level by level, the edges of the vertices that
 * it just reached; these edges are scattered. The program alternates between 2 to 4 passes of PageRank and one search
 * from a new start. A search has 7 levels of one window each.
 */
export function graph(pages: number, seed: number, options: TieringGeneratorOptions = {}): TieringWorkload {
  const windows = checkedWindows("graph", pages, options);
  const random = randomStream(seed, "workload/graph");
  const layout = drawLayout(pages, random);
  const tables: PageTable[] = [];
  for (let quarter = 0; quarter < PASS_WINDOWS; quarter++) tables.push(pageRankTable(layout, quarter));
  const tableOf = new Uint16Array(windows);
  let window = 0;
  while (window < windows) {
    const passes = 2 + random.integer(3);
    for (let i = 0; i < passes * PASS_WINDOWS && window < windows; i++) tableOf[window++] = i % PASS_WINDOWS;
    const levelOf = drawLevels(layout.edges, random);
    for (let level = 0; level < LEVEL_SHARE.length && window < windows; level++) {
      tableOf[window++] = tables.length;
      tables.push(searchTable(layout, levelOf, level));
    }
  }
  return new TableWorkload("graph", tables, tableOf);
}

/** Layout of the graph in memory: edges first, then vertices, then the frontier. */
interface Layout {
  pages: number;
  edges: number;
  vertices: number;
  /** `[vertices]` popularity of each page of vertex values. */
  popularity: Float64Array;
}

function drawLayout(pages: number, random: RandomStream): Layout {
  const edges = Math.round(0.65 * pages);
  const vertices = Math.round(0.3 * pages);
  const weights = zipfWeights(vertices, random.uniform(0.5, 0.9));
  const order = shuffled(vertices, random);
  const popularity = new Float64Array(vertices);
  for (let rank = 0; rank < vertices; rank++) popularity[order[rank]!] = weights[rank]!;
  return { pages, edges, vertices, popularity };
}

function pageRankTable({ pages, edges, vertices, popularity }: Layout, quarter: number): PageTable {
  const access = new Float64Array(pages);
  const write = new Float32Array(pages);
  const from = Math.floor((quarter * edges) / PASS_WINDOWS);
  const to = Math.floor(((quarter + 1) * edges) / PASS_WINDOWS);
  access.fill(0.35, from, to);
  scaleToSum(access, 0.35);
  // Each vertex is read by popularity; its new value is written once during the pass.
  const newFrom = Math.floor((quarter * vertices) / PASS_WINDOWS);
  const newTo = Math.floor(((quarter + 1) * vertices) / PASS_WINDOWS);
  for (let i = 0; i < vertices; i++) {
    const written = i >= newFrom && i < newTo ? 0.08 / (newTo - newFrom) : 0;
    access[edges + i] = 0.57 * popularity[i]! + written;
    write[edges + i] = written / access[edges + i]!;
  }
  return { access, write };
}

function searchTable({ pages, edges, vertices, popularity }: Layout, levelOf: Uint8Array, level: number): PageTable {
  const access = new Float64Array(pages);
  const write = new Float32Array(pages);
  for (let i = 0; i < edges; i++) access[i] = levelOf[i] === level ? 1 : 0.02;
  scaleToSum(access, 0.4);
  const frontier = pages - edges - vertices;
  for (let i = 0; i < vertices; i++) access[edges + i] = 0.5 * popularity[i]!;
  write.fill(0.2 * (LEVEL_SHARE[level]! / 0.42), edges, edges + vertices);
  access.fill(0.1 / frontier, edges + vertices);
  write.fill(0.5, edges + vertices);
  return { access, write };
}

/** Level at which a search reaches most of the vertices of each page. */
function drawLevels(count: number, random: RandomStream): Uint8Array {
  return Uint8Array.from({ length: count }, () => {
    let rest = random.next();
    let level = 0;
    while (level < LEVEL_SHARE.length - 1 && rest >= LEVEL_SHARE[level]!) rest -= LEVEL_SHARE[level++]!;
    return level;
  });
}
