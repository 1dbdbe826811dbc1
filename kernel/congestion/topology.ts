/**
 * A fabric: nodes and directed links between them. Nodes 0 to `hosts - 1` are hosts, the others switches. A cable is two
 * links, 2i and 2i + 1, one in each direction. Immutable.
 */
export interface Topology {
  readonly name: string;
  readonly hosts: number;
  /** Hosts and switches. */
  readonly nodes: number;
  /** Node that sends on each link. */
  readonly from: Int32Array;
  /** Node that receives. */
  readonly to: Int32Array;
  /** Bytes per ns. */
  readonly rate: Float64Array;
  /** Propagation, ns, whole numbers. */
  readonly delay: Float64Array;
  /** Shared buffer of each node, bytes; 0 for hosts. */
  readonly buffer: Float64Array;
  /**
   * The links from host `src` to host `dst`, in order. Where there are several shortest paths, `hash` (32 unsigned bits)
   * chooses among them (ECMP). The first is the link of the source's NIC.
   */
  path(src: number, dst: number, hash: number): Int32Array;
}

/** Most links on a path. Source: INT's five hops; host, leaf, spine, leaf, host take four. */
export const MOST_HOPS = 5;

/** The link in the other direction of the same cable. */
export function reverse(link: number): number {
  return link ^ 1;
}
