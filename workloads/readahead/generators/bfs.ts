import type { RandomStream } from "../../../kernel/random.ts";
import type { ReadaheadWorkload } from "../../../kernel/readahead/workload.ts";
import { shuffled } from "../../shuffled.ts";
import { AccessBuilder } from "./access_builder.ts";
import { fill } from "./actors.ts";
import type { ReadaheadGeneratorOptions } from "./generator.ts";
import { HotSet } from "./hot_set.ts";

/** Base-2 logarithm of the number of vertices. */
const SCALE = 12;
const VERTICES = 1 << SCALE;
/** Mean number of edges per vertex. */
const DEGREE = 6;
/** Cumulative probabilities of the quarters of the matrix. R-MAT as Graph500 sets it: 0.57, 0.19, 0.19, 0.05. */
const [TOP_LEFT, TOP, TOP_AND_LEFT] = [0.57, 0.76, 0.95];

/**
 * Breadth-first searches from one source after another over an R-MAT graph of 4,096 vertices and 24,576 edges.
 *
 * A search takes vertices from a queue, in order. It scans the edges of each vertex: pages of the edge list, in the
 * order in which vertices were found. It looks up every neighbour (random); a new one is marked and appended to the
 * queue. Edges carry attributes and vertices carry records, so that a graph of this size fills the pages.
 */
export function bfs(seed: number, options?: ReadaheadGeneratorOptions): ReadaheadWorkload {
  const builder = new AccessBuilder("bfs", seed, options);
  const { random, pages } = builder;
  const thread = builder.thread();
  const hot = new HotSet(builder, 16);
  const { offset, neighbour } = drawGraph(random);
  const edgePages = Math.floor(random.uniform(0.5, 0.7) * pages);
  const queuePages = 16;
  const vertexPages = pages - edgePages - queuePages - 16;
  const edges = builder.region(edgePages);
  const vertices = builder.region(vertexPages);
  const queue = builder.region(queuePages);
  fill(builder, thread, { start: edges, pages: edgePages });
  fill(builder, thread, { start: vertices, pages: vertexPages });
  const [take, begin, scan, visit, mark, append] = [0, 1, 2, 3, 4, 5].map(() => builder.site());
  const ns = random.uniform(300, 2500);
  const pageOfVertex = (vertex: number): number => vertices + Math.floor((vertex * vertexPages) / VERTICES);
  const pageOfEdge = (edge: number): number => edges + Math.floor((edge * edgePages) / neighbour.length);
  const pageOfQueue = (at: number): number => queue + Math.floor((at * queuePages) / VERTICES);
  const foundIn = new Int32Array(VERTICES).fill(-1);
  const order = new Int32Array(VERTICES);
  for (let search = 0; !thread.full; search++) {
    let found = 1;
    order[0] = random.integer(VERTICES);
    foundIn[order[0]] = search;
    for (let taken = 0; taken < found && !thread.full; taken++) {
      const vertex = order[taken];
      thread.touch(pageOfQueue(taken), take, false, ns);
      thread.touch(pageOfVertex(vertex), begin, false, ns);
      if (random.next() < 0.05) hot.touch(thread, 200);
      for (let edge = offset[vertex]; edge < offset[vertex + 1]; edge++) {
        const next = neighbour[edge];
        thread.touch(pageOfEdge(edge), scan, false, ns);
        thread.touch(pageOfVertex(next), visit, false, ns);
        if (foundIn[next] === search) continue;
        foundIn[next] = search;
        thread.touch(pageOfVertex(next), mark, true, ns);
        thread.touch(pageOfQueue(found), append, true, ns);
        order[found++] = next;
      }
    }
  }
  return builder.build();
}

/** An undirected R-MAT graph in compressed sparse row format, with randomly renumbered vertices. */
function drawGraph(random: RandomStream): { offset: Uint32Array; neighbour: Uint32Array } {
  const count = (VERTICES * DEGREE) / 2;
  const ends = new Uint32Array(2 * count);
  const offset = new Uint32Array(VERTICES + 1);
  const label = shuffled(VERTICES, random);
  for (let i = 0; i < count; i++) {
    let row = 0;
    let column = 0;
    for (let level = 0; level < SCALE; level++) {
      const quarter = random.next();
      row = row * 2 + (quarter >= TOP ? 1 : 0);
      column = column * 2 + ((quarter >= TOP_LEFT && quarter < TOP) || quarter >= TOP_AND_LEFT ? 1 : 0);
    }
    ends[2 * i] = label[row];
    ends[2 * i + 1] = label[column];
    offset[label[row] + 1]++;
    offset[label[column] + 1]++;
  }
  for (let vertex = 0; vertex < VERTICES; vertex++) offset[vertex + 1] += offset[vertex];
  const next = offset.slice();
  const neighbour = new Uint32Array(2 * count);
  for (let i = 0; i < ends.length; i++) neighbour[next[ends[i]]++] = ends[i ^ 1];
  return { offset, neighbour };
}
