import { assertHost } from "../assert_host.ts";
import { MOST_HOPS, type Topology } from "../topology.ts";
import { fromGbps } from "../units.ts";

/** A cable between two nodes, with the same rate in both directions. */
export interface Cable {
  readonly a: number;
  readonly b: number;
  readonly gbps: number;
  /** Propagation, ns. */
  readonly delayNs: number;
}

/** The parts of a fabric. */
export interface CabledTopologyParts {
  readonly name: string;
  readonly hosts: number;
  readonly switches: number;
  /** Cable i becomes two links: 2i from `a` to `b`, and 2i + 1 back. */
  readonly cables: readonly Cable[];
  /** Shared buffer of each switch, bytes. */
  readonly buffer: number;
}

/** A topology built from cables. Packets take a shortest path; among several, the hash modulo their number chooses. */
export class CabledTopology implements Topology {
  readonly name: string;
  readonly hosts: number;
  readonly nodes: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly rate: Float64Array;
  readonly delay: Float64Array;
  readonly buffer: Float64Array;
  /** Links that leave each node. */
  readonly #leaving: readonly number[][];
  /** Shortest paths by source and destination, computed when first needed. */
  readonly #paths = new Map<number, readonly Int32Array[]>();

  constructor({ name, hosts, switches, cables, buffer }: CabledTopologyParts) {
    this.name = name;
    this.hosts = hosts;
    this.nodes = hosts + switches;
    const links = 2 * cables.length;
    this.from = new Int32Array(links);
    this.to = new Int32Array(links);
    this.rate = new Float64Array(links);
    this.delay = new Float64Array(links);
    this.buffer = new Float64Array(this.nodes).fill(buffer, hosts);
    this.#leaving = Array.from({ length: this.nodes }, () => []);
    cables.forEach(({ a, b, gbps, delayNs }, i) => {
      this.#lay(2 * i, a, b, gbps, delayNs);
      this.#lay(2 * i + 1, b, a, gbps, delayNs);
    });
  }

  #lay(link: number, from: number, to: number, gbps: number, delayNs: number): void {
    this.from[link] = from;
    this.to[link] = to;
    this.rate[link] = fromGbps(gbps);
    this.delay[link] = delayNs;
    this.#leaving[from].push(link);
  }

  path(src: number, dst: number, hash: number): Int32Array {
    assertHost(this.name, src, this.hosts);
    assertHost(this.name, dst, this.hosts);
    const key = src * this.hosts + dst;
    let paths = this.#paths.get(key);
    if (paths === undefined) {
      paths = this.#shortestPaths(src, dst);
      this.#paths.set(key, paths);
    }
    return paths[hash % paths.length];
  }

  #shortestPaths(src: number, dst: number): readonly Int32Array[] {
    if (src === dst) throw new RangeError(`${this.name}: there is no path from host ${src} to itself`);
    const distance = this.#distances(dst);
    if (!(distance[src] <= MOST_HOPS)) {
      throw new RangeError(
        `${this.name}: a path must have at most ${MOST_HOPS} links, but that from host ${src} to ${dst} has ${distance[src]}`,
      );
    }
    const paths: Int32Array[] = [];
    const links: number[] = [];
    const extend = (node: number): void => {
      if (node === dst) paths.push(Int32Array.from(links));
      for (const link of this.#leaving[node]) {
        if (distance[this.to[link]] !== distance[node] - 1) continue;
        links.push(link);
        extend(this.to[link]);
        links.pop();
      }
    };
    extend(src);
    return paths;
  }

  /** Number of links from every node to `dst`; Infinity without a path. */
  #distances(dst: number): Float64Array {
    const distance = new Float64Array(this.nodes).fill(Number.POSITIVE_INFINITY);
    distance[dst] = 0;
    const reached = [dst];
    for (const node of reached) {
      // Cables go both ways, so a link that leaves a node has a counterpart that leads to it.
      for (const link of this.#leaving[node]) {
        const next = this.to[link];
        if (distance[next] !== Number.POSITIVE_INFINITY) continue;
        distance[next] = distance[node] + 1;
        reached.push(next);
      }
    }
    return distance;
  }
}
