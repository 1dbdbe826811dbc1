import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type RayOptions, rayExecutor } from "../../harness/benchmark/executors/ray.ts";
import { DONE, FAIL, runSmall, smallCells, smallFolder, smallProgram } from "./small_plan.ts";

type Status = "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";

interface FakeJob {
  submission_id: string;
  entrypoint: string;
  body: Record<string, unknown>;
  status: Status;
  message: string;
  logs: string;
  stop: () => void;
}

/** A stand-in for the head node of a cluster of one processor: it runs entrypoints as Ray's job manager does. */
class FakeRay {
  readonly jobs = new Map<string, FakeJob>();
  /** End of the name of a job that the cluster forgets once when it starts, as after a restart of the head node. */
  forgets: string | null = null;
  /** Number of requests that it answers with 500. */
  failing = 0;
  token: string | null = null;
  #server: Server | null = null;

  async start(): Promise<string> {
    this.#server = createServer(async (request, response) => {
      const [status, answer] = this.failing-- > 0 ? [500, "busy"] : await this.#answer(request);
      response.writeHead(status as number).end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => this.#server!.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const job of this.jobs.values()) job.stop();
    this.#server?.close();
  }

  async #answer(request: IncomingMessage): Promise<[number, unknown]> {
    const { method, url = "" } = request;
    const [, name, part] = /^\/api\/jobs\/([^/]*)\/?(.*)$/.exec(url) ?? [];
    const job = this.jobs.get(name);
    if (this.token !== null && request.headers.authorization !== `Bearer ${this.token}`) return [401, "Unauthorized"];
    // Ray refuses what looks like a page in a browser, as requests of Node's fetch do.
    if (method === "POST" && "sec-fetch-mode" in request.headers) return [405, "not allowed for browser traffic"];
    if (url === "/api/version") return [200, { version: "4", ray_version: "2.60.0" }];
    if (url === "/api/v0/nodes") {
      const nodes = [
        { state: "ALIVE", resources_total: { CPU: 1, memory: 1 } },
        { state: "DEAD", resources_total: { CPU: 8 } },
        { state: "ALIVE", resources_total: { memory: 1 } },
      ];
      return [200, { result: true, msg: "", data: { result: { result: nodes } } }];
    }
    if (method === "POST" && name === "") return this.#submit(JSON.parse(await bodyOf(request)));
    if (method === "GET" && name === "") {
      return [200, [{ type: "DRIVER", submission_id: null, status: "RUNNING" }, ...[...this.jobs.values()].map(shown)]];
    }
    if (job === undefined) return [404, `Job ${name} does not exist`];
    if (part === "logs") return [200, { logs: job.logs }];
    if (part === "stop") {
      job.stop();
      return [200, { stopped: true }];
    }
    return [200, shown(job)];
  }

  #submit(body: Record<string, unknown>): [number, unknown] {
    const id = body.submission_id as string;
    const entrypoint = body.entrypoint as string;
    if (this.jobs.has(id)) return [500, `ValueError: Job with submission_id ${id} already exists.`];
    const job: FakeJob = { submission_id: id, entrypoint, body, status: "PENDING", message: "", logs: "", stop() {} };
    this.jobs.set(id, job);
    setTimeout(() => {
      if (this.forgets !== null && id.endsWith(this.forgets)) {
        this.forgets = null;
        this.jobs.delete(id);
        return;
      }
      job.status = "RUNNING";
      const child = spawn("sh", ["-c", entrypoint]);
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (job.logs += text));
      job.stop = () => {
        job.status = "STOPPED";
        child.kill("SIGTERM");
      };
      child.on("close", (code, signal) => {
        if (job.status === "STOPPED") return;
        job.status = code === 0 ? "SUCCEEDED" : "FAILED";
        job.message = code === 0 ? "" : `Job entrypoint command failed with exit code ${code ?? signal}, last logs:\n`;
      });
    }, 50);
    return [200, { job_id: id, submission_id: id }];
  }
}

function shown({ submission_id, status, message, entrypoint }: FakeJob) {
  return {
    type: "SUBMISSION",
    submission_id,
    status,
    message,
    entrypoint,
    driver_agent_http_address: "http://10.0.0.7:52365",
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

let ray = new FakeRay();
afterEach(() => ray.stop());

async function executorOn(program: string, options: Partial<RayOptions> = {}) {
  ray = new FakeRay();
  return rayExecutor(await ray.start(), { program, lookMs: 50, silenceMs: 1000, ...options });
}

describe("the executor ray=", () => {
  it("submits as many jobs at a time as the machines that are there have processors", async () => {
    const folder = smallFolder(3);
    const executor = await executorOn(smallProgram(folder, `sleep 0.1; ${DONE}`), {
      runtimeEnv: { env_vars: { A: "b" } },
    });
    expect(executor.places).toBe(1);
    const { how, notes, progress } = await runSmall(folder, smallCells(3), executor);
    expect([how, notes]).toEqual(["done", []]);
    expect(Math.max(...progress.map(({ running }) => running.length))).toBeLessThan(2);
    const [first] = ray.jobs.values();
    expect(first.body).toMatchObject({
      entrypoint: `exec ${folder}/program.sh benchmark cell 0 --plan ${folder}`,
      entrypoint_num_cpus: 1,
      metadata: { cell: "cell-0" },
      runtime_env: { env_vars: { A: "b" } },
    });
    expect(ray.jobs.size).toBe(3);
  });

  it("starts cells again that were lost with their machine, or that the cluster forgot", async () => {
    const folder = smallFolder(2);
    const program = smallProgram(
      folder,
      `[ $cell = 1 ] || [ -e $job/again ] || { : > $job/again; echo bye; kill -9 $$; }; ${DONE}`,
    );
    const executor = await executorOn(program, { places: 2 });
    const cells = smallCells(2);
    ray.forgets = "-1-1";
    const { how, notes } = await runSmall(folder, cells, executor);
    expect(how).toBe("done");
    const text = notes.join("\n");
    expect(text).toContain("last lines of cell-0:\n  bye");
    expect(text).toMatch(
      /cell 0 \(cell-0\) was lost at start 1 of 3: its Ray job ring0-\w+-0-1 ended as FAILED on 10\.0\.0\.7: /,
    );
    expect(text).toMatch(
      /cell 1 \(cell-1\) was lost at start 1 of 3: the cluster no longer knows its Ray job ring0-\w+-1-1/,
    );
    expect([...ray.jobs.keys()].map((id) => id.slice(-3)).sort()).toEqual(["0-1", "0-2", "1-1"]);
  });

  it("says on which machine a cell failed, and with which last lines", async () => {
    const folder = smallFolder(1);
    const { how, notes } = await runSmall(folder, smallCells(1), await executorOn(smallProgram(folder, FAIL)));
    expect(how).toBe("RunError: cell 0 (cell-0) failed on m9 (a processor, Node v22): out of paper");
    expect(notes.join()).toContain("  the last words");
  });

  it("stops its jobs when it is interrupted", async () => {
    const folder = smallFolder(1);
    const executor = await executorOn(smallProgram(folder, ': > "$job/on"; sleep 60'));
    const controller = new AbortController();
    const ran = runSmall(folder, smallCells(1), executor, controller.signal);
    while (!existsSync(join(folder, "jobs/cell-0/on"))) await pause(20);
    controller.abort();
    expect((await ran).how).toBe("interrupted");
    expect([...ray.jobs.values()].map(({ status }) => status)).toEqual(["STOPPED"]);
  });

  it("finds the running jobs of a process that was killed, and starts none twice", async () => {
    const folder = smallFolder(1);
    const program = smallProgram(folder, `echo start >> ${folder}/log; sleep 1; ${DONE}`);
    const executor = await executorOn(program);
    // The first process goes away without a word; the job runs on.
    const [left] = executor.start([
      {
        cell: smallCells(1)[0],
        benchmark: folder,
        folder: join(folder, "jobs/cell-0"),
        version: "1",
        plan: "1.0.0 today",
        attempt: 1,
      },
    ]);
    while (!existsSync(join(folder, "log"))) await pause(20);
    expect((await runSmall(folder, smallCells(1), executor)).how).toBe("done");
    await left.ended;
    expect(readFileSync(join(folder, "log"), "utf8")).toBe("start\n");
  });

  it("bears a cluster that does not answer for a moment, not one that is gone", async () => {
    const folder = smallFolder(1);
    const executor = await executorOn(smallProgram(folder, `sleep 0.2; ${DONE}`));
    ray.failing = 4;
    expect((await runSmall(folder, smallCells(1), executor)).how).toBe("done");
    const other = smallFolder(1);
    ray.failing = 1e9;
    expect((await runSmall(other, smallCells(1), executor)).how).toMatch(
      /^RunError: GET http:.*\/api\/jobs\/ring0-\w+-0-1 failed: 500 busy$/,
    );
    await expect(rayExecutor("http://127.0.0.1:1", { program: "true" })).rejects.toThrow(
      /^no Ray cluster answers at http:\/\/127\.0\.0\.1:1: /,
    );
    ray.failing = 0;
    ray.token = "t";
    const { name } = executor;
    await expect(rayExecutor(name.slice(4), { program: "true" })).rejects.toThrow(
      "asks for its token: set RAY_AUTH_TOKEN",
    );
    expect((await rayExecutor(name.slice(4), { program: "true", token: "t" })).places).toBe(1);
    await expect(rayExecutor("head:8265", { program: "true" })).rejects.toThrow(
      'as in ray=http://head:8265, got "head:8265"',
    );
  });
});
