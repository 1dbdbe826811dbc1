import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Variable that all processes of a cluster inherit: by it alone they are found and ended. */
const MARK = "RING0_TEST_RAY_NODE";

/** Longest start of a node, ms. */
const START_MS = 180_000;

/** A Ray cluster of two nodes with one processor each, on this machine. */
export class RayTestCluster {
  readonly #ray: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "ray-"));
  readonly #nodes: ChildProcess[] = [];
  address = "";
  /** What the cluster wants to be told with each request. */
  readonly token = randomBytes(32).toString("hex");

  /** @param ray path of the program `ray` */
  constructor(ray: string) {
    this.#ray = ray;
  }

  async start(): Promise<void> {
    const [port, dashboard, client, ...agents] = await freePorts(5);
    this.address = `http://127.0.0.1:${dashboard}`;
    const common = ["start", "--block", "--num-cpus=1", "--disable-usage-stats", "--node-ip-address=127.0.0.1"];
    const head = [
      "--head",
      `--port=${port}`,
      "--dashboard-host=127.0.0.1",
      `--dashboard-port=${dashboard}`,
      `--ray-client-server-port=${client}`,
      `--temp-dir=${this.#folder}`,
    ];
    this.#startNode([...common, ...head, `--dashboard-agent-listen-port=${agents[0]}`]);
    await this.#waitForNodes(1);
    this.#startNode([...common, `--address=127.0.0.1:${port}`, `--dashboard-agent-listen-port=${agents[1]}`]);
    await this.#waitForNodes(2);
  }

  #startNode(args: readonly string[]): void {
    const env = {
      ...process.env,
      RAY_AUTH_MODE: "token",
      RAY_AUTH_TOKEN: this.token,
      [MARK]: `${this.#folder}/${this.#nodes.length}`,
    };
    this.#nodes.push(spawn(this.#ray, args, { env, stdio: "ignore" }));
  }

  async #waitForNodes(count: number): Promise<void> {
    for (const end = performance.now() + START_MS; performance.now() < end; await pause(500)) {
      try {
        const answer = await fetch(`${this.address}/api/v0/nodes`, {
          headers: { authorization: `Bearer ${this.token}` },
          signal: AbortSignal.timeout(10_000),
        });
        const { data } = (await answer.json()) as { data: { result: { result: { state: string }[] } } };
        if (data.result.result.filter(({ state }) => state === "ALIVE").length === count) return;
      } catch {
        // It has not started yet.
      }
    }
    throw new Error(`the Ray cluster had no ${count} nodes after ${START_MS} ms`);
  }

  /** The processes of a node whose command line has a text. */
  processes(node: number, text: string): number[] {
    return marked(`${this.#folder}/${node}`).filter((pid) => commandLine(pid).includes(text));
  }

  /** Ends the process that makes a node a part of the cluster, as a failure of the machine does. */
  kill(node: number): void {
    for (const pid of this.processes(node, "/raylet/raylet ")) process.kill(pid, "SIGKILL");
  }

  /** Ends all processes of the cluster, and removes its files. */
  async stop(): Promise<void> {
    for (const node of this.#nodes) node.kill("SIGTERM");
    for (let i = 0; i < 50 && this.#left().length > 0; i++) await pause(100);
    for (const pid of this.#left()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await pause(500);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #left(): number[] {
    return this.#nodes.flatMap((_, i) => marked(`${this.#folder}/${i}`));
  }
}

function marked(value: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    return read(`/proc/${name}/environ`).split("\0").includes(`${MARK}=${value}`) ? [Number(name)] : [];
  });
}

function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

/** The text of a file of a process; empty if the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
