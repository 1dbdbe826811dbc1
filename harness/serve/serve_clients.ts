import { chmodSync, lstatSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { RunError } from "../run/usage_error.ts";
import { Connection } from "./connection.ts";
import { FRAME, jsonFrame } from "./frames.ts";
import { MAX_ENVS } from "./hello.ts";
import { type ListenAddress, listenAddressText } from "./listen_address.ts";
import type { EnvironmentBudget } from "./session.ts";

/** Most connections at a time. Source: choice. */
export const MAX_CONNECTIONS = 256;
/** Time for a client to say a `hello` that is accepted, ms. Source: choice. */
const HELLO_MS = 10_000;

/** How to serve clients. */
export interface ServeClientsOptions {
  /** Called with the address once the server listens; with port 0 the address has the port that it got. */
  onListening?: (address: string) => void;
  /** Abort it to close all connections and stop. */
  signal?: AbortSignal;
  /** Most connections at a time. Default `MAX_CONNECTIONS`. */
  connections?: number;
  /** Most environments of all connections together. Default `MAX_ENVS`. */
  environments?: number;
  /** Time for a client to say a `hello` that is accepted, ms. Default 10 s. */
  helloMs?: number;
}

/**
 * Serves clients at an address until `signal` is aborted. Each connection has environments of its own; a fault ends
 * that connection only. All share one thread.
 *
 * A Unix socket is for its user alone. The file of a dead server is replaced, and the file is removed at the end.
 *
 * @throws RunError if the address cannot be used
 */
export async function serveClients(address: ListenAddress, options: ServeClientsOptions = {}): Promise<void> {
  const { onListening, signal, connections = MAX_CONNECTIONS, environments = MAX_ENVS, helloMs = HELLO_MS } = options;
  const budget: EnvironmentBudget = { left: environments };
  const open = new Set<Connection>();
  const server = createServer((socket) => {
    if (open.size >= connections) return refuse(socket, `this server has ${connections} connections, its limit`);
    const connection = new Connection(socket, budget, helloMs);
    open.add(connection);
    socket.once("close", () => open.delete(connection));
  });
  await listen(server, address);
  try {
    onListening?.(addressOf(server, address));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      if (signal?.aborted) resolve();
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  } finally {
    for (const connection of open) connection.end();
    // Node removes the file of a Unix socket here.
    await new Promise((resolve) => server.close(resolve));
  }
}

function refuse(socket: Socket, message: string): void {
  socket.on("error", () => {});
  socket.end(jsonFrame(FRAME.error, 1, { kind: "usage", message, fatal: true }), () => socket.destroy());
}

async function listen(server: Server, address: ListenAddress): Promise<void> {
  const error = await tryToListen(server, address);
  if (error === null) return;
  if (error.code === "EADDRINUSE" && address.kind === "unix") {
    await removeStale(address.path);
    const again = await tryToListen(server, address);
    if (again === null) return;
    throw again;
  }
  throw new RunError(`cannot listen at ${listenAddressText(address)}: ${error.message}`);
}

function tryToListen(server: Server, address: ListenAddress): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once("error", resolve);
    const listening = () => {
      server.off("error", resolve);
      if (address.kind === "unix") chmodSync(address.path, 0o600);
      resolve(null);
    };
    if (address.kind === "unix") server.listen(address.path, listening);
    else server.listen(address.port, address.host, listening);
  });
}

/** Removes the socket of a server that has died. @throws RunError if a server listens there, or it is no socket */
async function removeStale(path: string): Promise<void> {
  if (!lstatSync(path).isSocket()) throw new RunError(`${path} is there already, and is no socket`);
  const alive = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED"));
  });
  if (alive) throw new RunError(`another server listens at ${path}`);
  rmSync(path, { force: true });
}

function addressOf(server: Server, address: ListenAddress): string {
  if (address.kind === "unix") return listenAddressText(address);
  const { port } = server.address() as AddressInfo;
  return listenAddressText({ ...address, port });
}
