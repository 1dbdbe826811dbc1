/**
 * A fabric: nodes and the directed links between them. Nodes 0 to `hosts - 1` are hosts, the others switches. A cable
 * is two links, 2i and 2i + 1, one in each direction. Immutable.
 */
export interface Topology {
  readonly name: string;
  readonly hosts: number;
  /** Number of hosts and switches. */
  readonly nodes: number;
  /** `[links]` node that sends. */
  readonly from: Int32Array;
  /** `[links]` node that receives. */
  readonly to: Int32Array;
  /** `[links]` rate, bytes per ns. */
  readonly rate: Float64Array;
  /** `[links]` propagation, ns, whole numbers. */
  readonly delay: Float64Array;
  /** `[nodes]` shared buffer, bytes; 0 for hosts. */
  readonly buffer: Float64Array;
  /**
   * The links from host `src` to host `dst`, in order. Among several shortest paths, `hash` (32 unsigned bits) chooses
   * one (ECMP). The first link is that of the source's NIC.
   */
  path(src: number, dst: number, hash: number): Int32Array;
}

/** Largest number of links on a path. Source: INT's five hops; host, leaf, spine, leaf, host take four. */
export const MOST_HOPS = 5;

/** The opposite link of the same cable. */
export function reverse(link: number): number {
  return link ^ 1;
}
