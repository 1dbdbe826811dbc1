import { existsSync, renameSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { FRAME } from "../../../harness/serve/frames.ts";
import { parseListenAddress } from "../../../harness/serve/listen_address.ts";
import { type ServeClientsOptions, serveClients } from "../../../harness/serve/serve_clients.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { type Refusal, resetPayload, StreamClient } from "./client.ts";

const HELLO = { protocol: 1, env: "cartpole" };
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Serves in this process; the address that was printed. */
async function serve(address: string, options: ServeClientsOptions = {}): Promise<string> {
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const end = serveClients(parseListenAddress(address), {
      ...options,
      signal: controller.signal,
      onListening: resolve,
    });
    end.catch(reject);
    stops.push(() => {
      controller.abort();
      return end;
    });
  });
}

function dial(address: string): { client: StreamClient; socket: Socket } {
  const place = parseListenAddress(address);
  const socket = place.kind === "unix" ? connect(place.path) : connect(place.port, place.host);
  return { client: new StreamClient(socket, socket), socket };
}

const unix = () => `unix:${join(temporaryFolder(), "s")}`;

describe.each(["unix", "tcp"])("at %s", (kind) => {
  test("a fault of one client ends its connection alone", async () => {
    const address = await serve(kind === "unix" ? unix() : "tcp:127.0.0.1:0");
    expect(address).not.toMatch(/:0$/);
    const [good, bad] = [dial(address), dial(address)];
    for (const { client } of [good, bad]) {
      expect((await client.ask(FRAME.hello, HELLO))!.type).toBe(FRAME.welcome);
      expect((await client.ask(FRAME.reset, resetPayload([1])))!.type).toBe(FRAME.state);
    }
    expect((await bad.client.ask(FRAME.step, Buffer.alloc(5)))!.type).toBe(FRAME.error);
    expect(await bad.client.reply()).toBeNull();
    for (let i = 0; i < 20; i++) expect((await good.client.ask(FRAME.step, Buffer.alloc(4)))!.type).toBe(FRAME.state);
    expect((await dial(address).client.ask(FRAME.hello, HELLO))!.type).toBe(FRAME.welcome);
  });
});

test("a client that sends many requests without reading gets every reply, in order", async () => {
  const { client, socket } = dial(await serve(unix()));
  socket.pause();
  const count = 500;
  for (let i = 0; i < count; i++) {
    if (i === 0) void client.ask(FRAME.hello, { ...HELLO, num_envs: 100 });
    else void client.ask(FRAME.reset, resetPayload(Array.from({ length: 100 }, () => i)));
  }
  socket.resume();
  const last = await client.ask(FRAME.step, Buffer.alloc(400));
  expect([last!.type, last!.sequence]).toEqual([FRAME.state, count + 1]);
});

test("a client without hello is dropped, one with hello stays", async () => {
  const address = await serve(unix(), { helloMs: 100 });
  const [silent, known] = [dial(address), dial(address)];
  await known.client.ask(FRAME.hello, HELLO);
  expect(await silent.client.reply()).toBeNull();
  expect((await known.client.ask(FRAME.reset, resetPayload([1])))!.type).toBe(FRAME.state);
});

test("connections and environments are limited, and free again after a client has left", async () => {
  const address = await serve(unix(), { connections: 2, environments: 3 });
  const [first, second] = [dial(address), dial(address)];
  expect((await first.client.ask(FRAME.hello, { ...HELLO, num_envs: 2 }))!.type).toBe(FRAME.welcome);
  const refused: Refusal = JSON.parse(
    (await second.client.ask(FRAME.hello, { ...HELLO, num_envs: 2 }))!.payload.toString(),
  );
  expect(refused.message).toMatch(/room for 1 more/);
  const third = (await dial(address).client.reply())!;
  expect(third.sequence).toBe(1);
  expect(JSON.parse(third.payload.toString()).message).toMatch(/2 connections, its limit/);
  first.socket.destroy();
  await expect
    .poll(async () => (await second.client.ask(FRAME.hello, { ...HELLO, num_envs: 3 }))!.type)
    .toBe(FRAME.welcome);
  expect((await dial(address).client.ask(FRAME.hello, HELLO))!.type).toBe(FRAME.error);
});

describe("a Unix socket", () => {
  test("is for its user alone, and is removed at the end", async () => {
    const address = await serve(unix());
    const path = address.slice("unix:".length);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await stops.pop()!();
    expect(existsSync(path)).toBe(false);
  });

  test("of a dead server is replaced, of a live one is not", async () => {
    const address = unix();
    const path = address.slice("unix:".length);
    // A server whose file stays, as after SIGKILL: Node removes the file, so it is moved away and back.
    const dead = createServer().listen(path);
    await new Promise((resolve) => dead.once("listening", resolve));
    renameSync(path, `${path}-kept`);
    await new Promise((resolve) => dead.close(resolve));
    renameSync(`${path}-kept`, path);
    await serve(address);
    expect((await dial(address).client.ask(FRAME.hello, HELLO))!.type).toBe(FRAME.welcome);
    await expect(serveClients(parseListenAddress(address))).rejects.toThrow(`another server listens at ${path}`);
    expect((await dial(address).client.ask(FRAME.hello, HELLO))!.type).toBe(FRAME.welcome);
  });

  test("never replaces a file", async () => {
    const path = join(temporaryFolder(), "file");
    writeFileSync(path, "mine");
    await expect(serveClients({ kind: "unix", path })).rejects.toThrow("is no socket");
    expect(statSync(path).size).toBe(4);
  });
});

test.each([
  ["", /unix:PATH or tcp:HOST:PORT/],
  ["127.0.0.1:1", /unix:PATH or tcp:HOST:PORT/],
  ["tcp:localhost", /unix:PATH or tcp:HOST:PORT/],
  ["tcp:localhost:65536", /0 to 65535/],
  ["tcp:::1:5", /unix:PATH or tcp:HOST:PORT/],
  ["unix:", /unix:PATH or tcp:HOST:PORT/],
  [`unix:/${"x".repeat(107)}`, /107 bytes/],
])("the address %j is refused", (text, message) => {
  expect(() => parseListenAddress(text)).toThrow(message);
});

test("addresses are read", () => {
  expect(parseListenAddress("tcp:[::1]:0")).toEqual({ kind: "tcp", host: "::1", port: 0 });
  expect(parseListenAddress("tcp:localhost:65535")).toEqual({ kind: "tcp", host: "localhost", port: 65_535 });
  expect(parseListenAddress("unix:a b")).toEqual({ kind: "unix", path: "a b" });
});
