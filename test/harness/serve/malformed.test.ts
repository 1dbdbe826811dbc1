import { expect, test } from "vitest";
import { FRAME, HEADER_BYTES, MAX_JSON_BYTES } from "../../../harness/serve/frames.ts";
import { randomStream } from "../../../kernel/random.ts";
import { LocalClient, type Refusal, readReply, request, resetPayload } from "./client.ts";

/** A client of two CartPoles that stand at their start. */
function ready(): LocalClient {
  const client = new LocalClient();
  client.hello({ env: "cartpole", num_envs: 2 });
  client.state(FRAME.reset, resetPayload([1, 2]));
  return client;
}

/** The next request of a ready client has number 3. */
const step = (sequence = 3) => request(FRAME.step, sequence, Buffer.alloc(8));

const altered = (frame: Buffer, at: number, byte: number) => {
  frame[at] = byte;
  return frame;
};

test.each<[string, Uint8Array, RegExp]>([
  ["an unknown type", request(9, 3), /type 9 \(unknown\)/],
  ["the type of a reply", request(FRAME.state, 3), /type 17 \(state\)/],
  ["a second hello", request(FRAME.hello, 3, { protocol: 1, env: "cartpole" }), /type 1 \(hello\)/],
  ["actions without an evaluation", request(FRAME.actions, 3), /type 5 \(actions\)/],
  ["a number that was used", step(2), /must be 3, got 2/],
  ["a number that is left out", step(4), /must be 3, got 4/],
  ["no zero behind the type", altered(step(), 6, 1), /must be 0/],
  ["no zero behind the number", altered(step(), 15, 1), /must be 0/],
  ["4 GiB", altered(step(), 3, 255), /a payload may have \d+ bytes here, got 4278190088/],
  ["too few actions", request(FRAME.step, 3, Buffer.alloc(4)), /2 numbers have 8 bytes, got 4/],
  ["too many actions", request(FRAME.step, 3, Buffer.alloc(12)), /2 numbers have 8 bytes, got 12/],
  ["half a seed", request(FRAME.reset, 3, Buffer.alloc(12)), /at least 18 bytes, got 12/],
  ["an empty mask", request(FRAME.reset, 3, resetPayload([1, 2], [0, 0])), /at least one 1/],
  ["a mask of other bytes", request(FRAME.reset, 3, resetPayload([1, 2], [1, 2])), /at least one 1/],
  ["no JSON", request(FRAME.reset, 3, resetPayload([1, 2], [1, 1], "{")), /no JSON/],
  ["no text", request(FRAME.reset, 3, Buffer.concat([resetPayload([1, 2]), Buffer.of(34, 255, 34)])), /no JSON/],
  ["deep JSON", request(FRAME.reset, 3, resetPayload([1, 2], [1, 1], "[".repeat(40))), /at most 32/],
  ["a render of nothing", request(FRAME.render, 3), /4 bytes, got 0/],
])("a connection ends after %s", (_, bytes, message) => {
  const client = ready();
  const reply = client.send(bytes)!;
  expect(reply.type).toBe(FRAME.error);
  const { kind, message: said, fatal }: Refusal = JSON.parse(reply.payload.toString());
  expect(kind).toBe("protocol");
  expect(said).toMatch(message);
  expect(said).not.toContain("\n");
  expect(fatal).toBe(true);
  expect(client.session.ended).toBe(true);
});

test("requests before hello end the connection, and so does JSON that is too long", () => {
  for (const type of [FRAME.step, FRAME.reset, FRAME.render, FRAME.actions]) {
    const client = new LocalClient();
    expect(client.refusal(type)).toMatchObject({ kind: "protocol", fatal: true });
  }
  const length = MAX_JSON_BYTES + 1;
  const client = new LocalClient();
  expect(client.refusal(FRAME.hello, " ".repeat(length)).message).toContain(`${MAX_JSON_BYTES} bytes here`);
  expect(ready().refusal(FRAME.reset, resetPayload([1, 2], [1, 1], " ".repeat(length))).fatal).toBe(true);
});

test("options and seeds that environments refuse do not end the connection", () => {
  const client = ready();
  for (const options of ['{"lo": 1}', '{"low": "x"}', '{"low": null}', "[]", '{"low": 0.2, "high": 0.1}']) {
    expect(client.refusal(FRAME.reset, resetPayload([1, 2], [1, 1], options))).toMatchObject({
      kind: "value",
      fatal: false,
    });
  }
  const huge = resetPayload([2 ** 53 - 1, null]);
  huge[6] = 255;
  expect(client.refusal(FRAME.reset, huge).message).toMatch(/2\^53 - 1/);
  client.state(FRAME.reset, resetPayload([1, 2]));
});

test("a request may arrive byte by byte, and several at once", () => {
  const client = ready();
  const one = step(3);
  for (let i = 0; i < one.length - 1; i++) expect(client.send(one.subarray(i, i + 1))).toBeNull();
  expect(client.send(one.subarray(-1))!.type).toBe(FRAME.state);
  const both = client.send(Buffer.concat([step(4), step(5)]))!;
  expect(both.sequence).toBe(4);
  expect(client.send(Buffer.alloc(0))!.sequence).toBe(5);
});

const FRAMES = Number(process.env.RING0_FRAMES ?? 2000);

test(`none of ${FRAMES} malformed frames crashes a session, hangs it or makes it grow`, () => {
  const random = randomStream(1, "test/malformed-frames");
  const texts = ["{}", "[]", "null", '{"protocol":1}', '{"protocol":1,"env":"cartpole"}', '{"__proto__":{"low":1}}'];
  /** A valid request of some type, with up to three bytes altered, perhaps cut off. */
  const mutated = (sequence: number): Uint8Array => {
    const text = texts[random.integer(texts.length)];
    const valid = [
      request(FRAME.hello, sequence, text),
      request(
        FRAME.reset,
        sequence,
        resetPayload([random.integer(9), 2], undefined, random.integer(2) === 0 ? text : ""),
      ),
      request(FRAME.step, sequence, Buffer.from(Int32Array.of(random.integer(2), random.integer(3)).buffer)),
      request(FRAME.render, sequence, Buffer.of(random.integer(3), 0, 0, 0)),
      request(random.integer(34), sequence, Buffer.alloc(random.integer(64))),
    ];
    const frame = valid[random.integer(valid.length)];
    for (let i = random.integer(4); i > 0; i--) frame[random.integer(frame.length)] = random.integer(256);
    return random.integer(8) === 0 ? frame.subarray(0, random.integer(frame.length)) : frame;
  };
  const outcomes = { ended: 0, refused: 0, answered: 0, waits: 0 };
  let memory = 0;
  let [client, sequence] = [ready(), 3];
  for (let i = 0; i < FRAMES; i++) {
    if (i === FRAMES / 2) memory = process.memoryUsage().rss;
    const reply = client.send(mutated(sequence));
    sequence++;
    if (reply === null) outcomes.waits++;
    else if (reply.type !== FRAME.error) outcomes.answered++;
    else {
      const { fatal, message, kind }: Refusal = JSON.parse(reply.payload.toString());
      expect(kind, message).not.toBe("internal");
      expect(message).not.toContain("\n");
      outcomes[fatal ? "ended" : "refused"]++;
      expect(client.session.ended).toBe(fatal);
    }
    if (!client.session.ended && reply !== null) continue;
    client.session.close();
    const fresh = random.integer(2) === 0;
    [client, sequence] = fresh ? [new LocalClient(), 1] : [ready(), 3];
  }
  expect(process.memoryUsage().rss - memory).toBeLessThan(100 * 2 ** 20);
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(FRAMES / 100);
});

test("a frame that is not complete has no reply", () => {
  expect(readReply(step().subarray(0, HEADER_BYTES - 1))).toBeNull();
});
