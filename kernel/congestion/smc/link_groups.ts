import type { SmcTraffic } from "./traffic.ts";

/** No link: the connection does not use RDMA. */
export const NO_LINK = -1;

/** Links of all link groups, and the link to which each connection is assigned. Immutable. */
export interface LinkGroups {
  /** `[connections]` link, or `NO_LINK`. */
  readonly linkOf: Int32Array;
  /** Client and server of each link. */
  readonly client: readonly number[];
  readonly server: readonly number[];
}

/**
 * Creates a link group for each pair of client and server with SMC-R between them. A connection takes the link with the
 * fewest connections.
 */
export function linkGroups({ connections, settings }: SmcTraffic): LinkGroups {
  const linkOf = new Int32Array(connections.length).fill(NO_LINK);
  const client: number[] = [];
  const server: number[] = [];
  const groups = new Map<string, Int32Array>();
  const firsts = new Map<string, number>();
  connections.forEach((connection, c) => {
    if (connection.transport !== "smc-r") return;
    const pair = `${connection.client} ${connection.server}`;
    let load = groups.get(pair);
    if (load === undefined) {
      load = new Int32Array(settings.links);
      groups.set(pair, load);
      firsts.set(pair, client.length);
      for (let link = 0; link < settings.links; link++) {
        client.push(connection.client);
        server.push(connection.server);
      }
    }
    const link = load.indexOf(Math.min(...load));
    load[link]++;
    linkOf[c] = firsts.get(pair)! + link;
  });
  return { linkOf, client, server };
}
