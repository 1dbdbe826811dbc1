import { createHash } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { text as readText } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { firstIssue } from "../../../files/first_issue.ts";
import { RunError, UsageError } from "../../run/usage_error.ts";
import { type CellTask, cellLine, type Executor, LostCell, lastLines, type RunningCell } from "./executor.ts";

/** Time between two looks at the jobs of the cluster, ms. Source: choice. */
const LOOK_MS = 1000;

/** Longest wait for one answer of the cluster, ms. Source: choice; a loaded head node takes seconds. */
const ANSWER_MS = 30_000;

/** How long the cluster may give no answer, ms. Source: choice; a head node restarts within a minute or two. */
const SILENCE_MS = 120_000;

/**
 * Lines that are one command without assignments. `exec` before one makes it the process that Ray ends, instead of a
 * child of Ray's shell that may go on after the loss of its machine's Ray processes.
 */
const SIMPLE = /^[A-Za-z0-9_@%+:,./' -]+$/;

/** What the Jobs API says of a job. Source: docs.ray.io, "Ray Job Submission REST API", JobDetails. */
const jobSchema = z.object({
  submission_id: z.string().nullish(),
  status: z.enum(["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]),
  message: z.string().nullish(),
  driver_agent_http_address: z.string().nullish(),
});

type RayJob = z.infer<typeof jobSchema>;

/** What the state API says of the machines of a cluster. Source: docs.ray.io, "Ray State API", NodeState. */
const nodesSchema = z.object({
  data: z.object({
    result: z.object({
      result: z.array(z.object({ state: z.string(), resources_total: z.object({ CPU: z.number().default(0) }) })),
    }),
  }),
});

/** How to run cells on a Ray cluster. */
export interface RayOptions {
  /** Line for a shell that starts this program on the machines of the cluster. */
  program: string;
  /** Most jobs at a time. Default: the processors of the cluster. */
  places?: number;
  /** The `runtime_env` of the jobs, see docs.ray.io. */
  runtimeEnv?: object;
  /** The token of a cluster that asks for one. */
  token?: string;
  /** Time between two looks at the jobs, ms. Default: 1000 */
  lookMs?: number;
  /** How long the cluster may give no answer, ms. Default: 120,000 */
  silenceMs?: number;
}

/**
 * Runs each cell as a job of a Ray cluster, with one processor, through the Jobs HTTP API. Jobs have names that follow
 * from the benchmark and the cell, so that a benchmark that was killed finds its running jobs again.
 *
 * @param address of the dashboard, e.g. `http://head:8265`
 * @throws UsageError if the address is none, RunError if no cluster answers
 */
export async function rayExecutor(address: string, options: RayOptions): Promise<Executor> {
  const cluster = new RayCluster(address, options);
  await cluster.greet();
  return {
    name: `ray=${cluster.url}`,
    places: options.places ?? (await cluster.processors()),
    start: (tasks) => tasks.map((task) => startOnRay(cluster, task, options)),
  };
}

function startOnRay(cluster: RayCluster, task: CellTask, options: RayOptions): RunningCell {
  const stopped = new AbortController();
  let id: string | null = null;
  const run = async (): Promise<"done" | "interrupted"> => {
    id = await submit(cluster, task, options);
    for (;;) {
      if (stopped.signal.aborted) await cluster.stop(id);
      const job = await cluster.job(id);
      if (job?.status === "SUCCEEDED") return "done";
      if (job?.status === "STOPPED" && stopped.signal.aborted) return "interrupted";
      if (job !== null && (job.status === "PENDING" || job.status === "RUNNING")) continue;
      const where = job?.driver_agent_http_address;
      const place = where ? ` on ${new URL(where).hostname}` : "";
      throw new LostCell(
        job === null
          ? `the cluster no longer knows its Ray job ${id}`
          : `its Ray job ${id} ended as ${job.status}${place}: ${job.message?.split("\n")[0] ?? "no reason given"}`,
        lastLines(await cluster.logs(id, job?.message ?? "")),
      );
    }
  };
  const ended = run();
  ended.catch(() => {});
  return {
    task,
    ended,
    share: 0,
    stop: () => stopped.abort(),
    kill: () => {
      if (id !== null) void cluster.stop(id);
    },
  };
}

/** Submits a cell, or finds the job of an earlier process that still runs it. @returns the name of the job */
async function submit(cluster: RayCluster, task: CellTask, { program, runtimeEnv }: RayOptions): Promise<string> {
  const plan = createHash("sha256").update(`${task.benchmark}\n${task.plan}`).digest("hex").slice(0, 12);
  for (let i = 1; ; i++) {
    const id = `ring0-${plan}-${task.cell.cell}-${i}`;
    const known = await cluster.job(id, true);
    if (known?.status === "PENDING" || known?.status === "RUNNING") return id;
    if (known !== null) continue;
    await cluster.submit({
      submission_id: id,
      entrypoint: `${SIMPLE.test(program) ? "exec " : ""}${cellLine(program, task)}`,
      entrypoint_num_cpus: 1,
      metadata: { cell: task.cell.name },
      ...(runtimeEnv !== undefined && { runtime_env: runtimeEnv }),
    });
    return id;
  }
}

/** The HTTP interface of a cluster. */
class RayCluster {
  readonly url: string;
  readonly #headers: Record<string, string>;
  readonly #lookMs: number;
  readonly #silenceMs: number;
  #jobs: Promise<Map<string, RayJob>> | null = null;
  #asked = Number.NEGATIVE_INFINITY;

  constructor(address: string, { token, lookMs = LOOK_MS, silenceMs = SILENCE_MS }: RayOptions) {
    if (!/^https?:\/\/[^/?#]+\/?$/.test(address) || !URL.canParse(address)) {
      throw new UsageError(`ray= takes the address of a dashboard, as in ray=http://head:8265, got "${address}"`);
    }
    this.url = address.replace(/\/$/, "");
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#lookMs = lookMs;
    this.#silenceMs = silenceMs;
  }

  /** @throws RunError if no cluster answers at once */
  async greet(): Promise<void> {
    const answer = await this.#once("GET", "/api/version").catch((error) => {
      throw new RunError(`no Ray cluster answers at ${this.url}: ${causeOf(error)}`);
    });
    if (answer.status === 401 || answer.status === 403) {
      throw new RunError(
        `the Ray cluster at ${this.url} asks for its token: set RAY_AUTH_TOKEN, which "ray get-auth-token" prints there`,
      );
    }
    if (!answer.ok) throw new RunError(`no Ray cluster answers at ${this.url}: status ${answer.status}`);
  }

  /** Number of processors of all machines that are there. */
  async processors(): Promise<number> {
    const { data } = parsed(nodesSchema, await this.#ask("GET", "/api/v0/nodes"), "/api/v0/nodes");
    const alive = data.result.result.filter(({ state }) => state === "ALIVE");
    return Math.max(1, Math.floor(alive.reduce((sum, node) => sum + node.resources_total.CPU, 0)));
  }

  /** A job; null if the cluster knows none of this name. All jobs together cost one request for each look. */
  async job(id: string, now = false): Promise<RayJob | null> {
    if (now) {
      const text = await this.#ask("GET", `/api/jobs/${id}`);
      return text === null ? null : parsed(jobSchema, text, `/api/jobs/${id}`);
    }
    // A list that was asked for before the job was submitted does not know it.
    await pause(this.#lookMs);
    if (performance.now() - this.#asked >= this.#lookMs / 2) {
      this.#asked = performance.now();
      this.#jobs = this.#list();
    }
    return (await this.#jobs!).get(id) ?? null;
  }

  async #list(): Promise<Map<string, RayJob>> {
    const jobs = parsed(z.array(jobSchema), await this.#ask("GET", "/api/jobs/"), "/api/jobs/");
    return new Map(jobs.flatMap((job) => (job.submission_id ? [[job.submission_id, job]] : [])));
  }

  async submit(job: object): Promise<void> {
    await this.#ask("POST", "/api/jobs/", job);
  }

  /** Asks the cluster to stop a job. Does nothing if it has ended or the cluster does not answer. */
  async stop(id: string): Promise<void> {
    await this.#once("POST", `/api/jobs/${id}/stop`).catch(() => {});
  }

  /** What a job wrote. @param otherwise where the machine that had its logs is gone */
  async logs(id: string, otherwise: string): Promise<string> {
    try {
      const { text } = await this.#once("GET", `/api/jobs/${id}/logs`);
      const { logs } = z.object({ logs: z.string() }).parse(JSON.parse(text));
      return logs || otherwise;
    } catch {
      return otherwise;
    }
  }

  /** The text of an answer; null if there is no such thing. Asks again while the cluster does not answer. */
  async #ask(method: "GET" | "POST", path: string, body?: object): Promise<string | null> {
    let wrong = "";
    for (const end = performance.now() + this.#silenceMs; ; ) {
      try {
        const answer = await this.#once(method, path, body);
        const { text } = answer;
        if (answer.ok) return text;
        if (method === "GET" && answer.status === 404) return null;
        // The answer to an earlier try was lost.
        if (body !== undefined && text.includes("already exists")) return text;
        wrong = `${answer.status} ${text.trimEnd().split("\n").at(-1) ?? ""}`;
        if (answer.status < 500) break;
      } catch (error) {
        wrong = causeOf(error);
      }
      if (performance.now() > end) break;
      await pause(this.#lookMs);
    }
    throw new RunError(`${method} ${this.url}${path} failed: ${wrong}`);
  }

  /**
   * One request. It is none of `fetch`, whose `sec-fetch-mode` header Node always sends: Ray takes that for a browser's
   * and refuses to be changed by one.
   */
  #once(method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
    const url = new URL(this.url + path);
    const text = body === undefined ? "" : JSON.stringify(body);
    const type = body === undefined ? {} : { "content-type": "application/json" };
    return new Promise((resolve, reject) => {
      const sent = (url.protocol === "https:" ? https : http).request(url, {
        method,
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: { ...this.#headers, ...type, "content-length": Buffer.byteLength(text) },
      });
      sent.once("error", reject);
      sent.once("response", async (response) => {
        const status = response.statusCode ?? 0;
        try {
          resolve({ status, ok: status >= 200 && status < 300, text: await readText(response) });
        } catch (error) {
          reject(error);
        }
      });
      sent.end(text);
    });
  }
}

/** An answer of the cluster. */
interface Answer {
  status: number;
  /** Whether the status says that the request succeeded. */
  ok: boolean;
  text: string;
}

/** The message of an error. A host with several addresses gives one error for each, and no message for all. */
function causeOf(error: unknown): string {
  const { message, errors } = error as Error & { errors?: Error[] };
  return message || errors?.[0]?.message || "no connection";
}

function parsed<Schema extends z.ZodType>(schema: Schema, text: string | null, path: string): z.infer<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text ?? "null");
  } catch {
    throw new RunError(`the cluster's answer to ${path} is no JSON: "${text?.slice(0, 60)}"`);
  }
  const read = schema.safeParse(json);
  if (!read.success)
    throw new RunError(`the cluster's answer to ${path} is not of Ray's API: ${firstIssue(read.error, json)}`);
  return read.data;
}
