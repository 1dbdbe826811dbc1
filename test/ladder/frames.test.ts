import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONTROL_TOKENS, decodeControl, decodeStatus, encodeControl, encodeStatus } from "../../ladder/control.ts";
import { type Dataset, datasetBytes, decodeDataset, encodeDataset } from "../../ladder/dataset_bytes.ts";
import { decodeFeedback, encodeFeedback } from "../../ladder/feedback_json.ts";
import { encodeFrame, FRAME, FrameReader, type FrameType } from "../../ladder/frames.ts";
import type { Feedback } from "../../ladder/ladder_policy.ts";
import { decodeRecommendation, encodeRecommendation, recommendationBytes } from "../../ladder/recommendation_bytes.ts";

const uint32 = fc.nat(0xffffffff);
const number = fc.float({ noNaN: true });

/** Datasets that ask. */
const asking: fc.Arbitrary<Dataset> = fc
  .record({ rows: fc.integer({ min: 1, max: 5 }), size: fc.nat(6), maskSize: fc.nat(4) })
  .chain(({ rows, size, maskSize }) =>
    fc.record({
      operation: uint32.map((operation) => operation || 1),
      run: uint32,
      first: fc.boolean(),
      end: fc.constant(false),
      live: fc.boolean(),
      terminated: fc.constant(false),
      rows: fc.constant(rows),
      reward: fc.double(),
      observation: exactly(rows * size, number).map((values) => Float32Array.from(values)),
      mask: exactly(rows * maskSize, fc.nat(1)).map((bits) => (bits.length === 0 ? null : Uint8Array.from(bits))),
    }),
  );

/** Datasets that end a run. */
const ending: fc.Arbitrary<Dataset> = fc.record({
  operation: fc.constant(0),
  run: uint32,
  first: fc.boolean(),
  end: fc.constant(true),
  live: fc.boolean(),
  terminated: fc.boolean(),
  rows: fc.constant(0),
  reward: fc.double(),
  observation: fc.constant(new Float32Array(0)),
  mask: fc.constant(null),
});

const dataset = fc.oneof(asking, ending);
const action = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 20 });
const recommendation = fc.record({
  operation: uint32.map((operation) => operation || 1),
  weights: uint32,
  action: action.map((values) => Float32Array.from(values)),
});
const feedback: fc.Arbitrary<Feedback> = fc.record({
  block: fc.nat(),
  mode: fc.string(),
  applied: fc.boolean(),
  propensity: fc.double({ min: 0, max: 1, noNaN: true }),
  cost: measured(),
  baselineCost: measured(),
  advantage: measured(),
  degraded: fc.boolean(),
});

function exactly<T>(length: number, values: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(values, { minLength: length, maxLength: length });
}

function measured(): fc.Arbitrary<number | null> {
  // JSON has no -0.
  return fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0));
}

function datasetToBytes(value: Dataset): Uint8Array {
  const bytes = new Uint8Array(datasetBytes(value.observation.length, value.mask?.length ?? 0));
  expect(encodeDataset(value, bytes)).toBe(bytes.length);
  return bytes;
}

/** A valid dataset whose bytes were changed in one place, which is where a decoder has most to go wrong by. */
function damaged(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc.tuple(bytes, fc.nat(60), fc.nat(255)).map(([good, at, byte]) => {
    const bad = good.slice();
    bad[at % bad.length] = byte;
    return bad;
  });
}

describe("datasets", () => {
  it("come back as they were", () => {
    fc.assert(fc.property(dataset, (value) => void expect(decodeDataset(datasetToBytes(value))).toEqual(value)));
  });

  it("may have bytes behind them only where that is said", () => {
    fc.assert(
      fc.property(dataset, fc.uint8Array({ minLength: 1, maxLength: 9 }), (value, rest) => {
        const bytes = Uint8Array.from([...datasetToBytes(value), ...rest]);
        expect(decodeDataset(bytes)).toBe("length");
        expect(decodeDataset(bytes, true)).toEqual(value);
      }),
    );
  });

  it("are refused when they are cut short", () => {
    fc.assert(
      fc.property(asking, fc.nat(), (value, at) => {
        const bytes = datasetToBytes(value);
        expect(decodeDataset(bytes.subarray(0, at % bytes.length))).toBeTypeOf("string");
      }),
    );
  });

  it("are decoded from any bytes without a crash", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), damaged(dataset.map(datasetToBytes))), fc.boolean(), (bytes, trailing) => {
        const result = decodeDataset(bytes, trailing);
        if (typeof result !== "string") expect(result.rows * 0).toBe(0);
      }),
    );
  });

  it.each([
    ["magic", 0, 0],
    ["version", 4, 2],
    ["flags", 5, 16],
    ["flags", 5, 8],
    ["flags", 6, 1],
    ["operation", 8, 0],
    ["operation", 5, 2],
    ["rows", 16, 0],
    ["rows", 16, 3],
    ["length", 20, 4],
    ["length", 24, 4],
    ["mask", 44, 2],
  ])("are refused for their %s: byte %i is %i", (problem, at, byte) => {
    const value = { operation: 1, run: 0, first: true, end: false, live: true, terminated: false, rows: 2, reward: 0 };
    const bytes = datasetToBytes({ ...value, observation: new Float32Array(2), mask: new Uint8Array(2) });
    bytes[at] = byte;
    expect(decodeDataset(bytes)).toBe(problem);
  });

  it("are refused with NaN in them", () => {
    const [value] = fc.sample(asking, 1);
    expect(decodeDataset(datasetToBytes({ ...value, rows: 1, observation: Float32Array.of(NaN), mask: null }))).toBe(
      "number",
    );
  });

  it("need room", () => {
    const [value] = fc.sample(asking, 1);
    expect(() => encodeDataset(value, new Uint8Array(35))).toThrow(/bytes, there is room for 35/);
  });
});

describe("recommendations", () => {
  const toBytes = (value: typeof recommendation extends fc.Arbitrary<infer T> ? T : never): Uint8Array => {
    const bytes = new Uint8Array(recommendationBytes(value.action.length));
    expect(encodeRecommendation(value, bytes)).toBe(bytes.length);
    return bytes;
  };

  it("come back as they were, with bytes behind them where that is said", () => {
    fc.assert(
      fc.property(recommendation, (value) => {
        const bytes = toBytes(value);
        expect(decodeRecommendation(bytes)).toEqual(value);
        expect(decodeRecommendation(Uint8Array.from([...bytes, 7]))).toBe("length");
        expect(decodeRecommendation(Uint8Array.from([...bytes, 7]), true)).toEqual(value);
      }),
    );
  });

  it("are decoded from any bytes without a crash", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), damaged(recommendation.map(toBytes))), fc.boolean(), (bytes, trailing) => {
        const result = decodeRecommendation(bytes, trailing);
        if (typeof result !== "string") expect(result.action.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it.each([NaN, Infinity, -Infinity])("are refused with %d in them", (bad) => {
    expect(decodeRecommendation(toBytes({ operation: 1, weights: 0, action: Float32Array.of(0, bad) }))).toBe("number");
  });

  it("are refused for magic, version, operation and length", () => {
    const good = toBytes({ operation: 1, weights: 0, action: Float32Array.of(0) });
    for (const [problem, at, byte] of [
      ["magic", 3, 0],
      ["version", 4, 2],
      ["version", 7, 1],
      ["operation", 8, 0],
      ["length", 16, 2],
      ["length", 19, 255],
    ] as const) {
      const bytes = good.slice();
      bytes[at] = byte;
      expect(decodeRecommendation(bytes), problem).toBe(problem);
    }
    expect(decodeRecommendation(good.subarray(0, 19))).toBe("length");
    expect(() =>
      encodeRecommendation({ operation: 1, weights: 0, action: new Float32Array(1) }, good.subarray(1)),
    ).toThrow(/24 bytes, there is room for 23/);
  });
});

describe("control and status", () => {
  it("know exactly the RFC's tokens, with or without a line end", () => {
    for (const token of CONTROL_TOKENS) {
      expect(decodeControl(encodeControl(token))).toBe(token);
      expect(decodeControl(Buffer.from(token))).toBe(token);
    }
    for (const text of ["", "s", "\n", "start\n\n", " start", "START", "starts", "x".repeat(99)]) {
      expect(decodeControl(Buffer.from(text)), text).toBeNull();
    }
    fc.assert(fc.property(fc.uint8Array(), (bytes) => CONTROL_TOKENS.includes(decodeControl(bytes) ?? "start")));
  });

  it("have a status of 0 or below", () => {
    for (const status of [0, -16, -95, -0x80000000]) expect(decodeStatus(encodeStatus(status))).toBe(status);
    expect(decodeStatus(encodeStatus(1))).toBeNull();
    expect(decodeStatus(new Uint8Array(3))).toBeNull();
  });
});

describe("feedback", () => {
  it("comes back as it was", () => {
    fc.assert(fc.property(feedback, (value) => void expect(decodeFeedback(encodeFeedback(value))).toEqual(value)));
  });

  it("is decoded from any bytes without a crash", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(decodeFeedback(bytes)).toBeDefined()));
    fc.assert(fc.property(fc.json(), (text) => void expect(decodeFeedback(Buffer.from(text))).toBeDefined()));
  });

  it("is refused for the field that is wrong", () => {
    const [good] = fc.sample(feedback, 1);
    for (const name of Object.keys(good) as (keyof Feedback)[]) {
      const { [name]: _, ...without } = good;
      expect(decodeFeedback(encodeFeedback(without as Feedback))).toBe(name);
      expect(decodeFeedback(encodeFeedback({ ...good, [name]: [] }))).toBe(name);
    }
    expect(decodeFeedback(Buffer.from("null"))).toBe("json");
  });
});

describe("FrameReader", () => {
  const frame = fc.record({
    type: fc.constantFrom(...Object.values(FRAME)),
    payload: fc.uint8Array({ maxLength: 40 }),
  });

  it("finds the frames again, however the stream was cut", () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (sent, cuts) => {
          const stream = Buffer.concat(sent.map(({ type, payload }) => encodeFrame(type, payload)));
          const reader = new FrameReader(40);
          const found: { type: FrameType; payload: Uint8Array }[] = [];
          for (let at = 0, i = 0; at < stream.length; at += cuts[i++ % cuts.length]) {
            const piece = stream.subarray(at, at + cuts[i % cuts.length]);
            expect(reader.read(piece, (type, payload) => found.push({ type, payload }))).toBeNull();
          }
          expect(found).toEqual(sent);
        },
      ),
    );
  });

  it("reads any bytes without a crash, and ignores all that follows a problem", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        const reader = new FrameReader(40);
        let problem: string | null = null;
        for (const chunk of chunks) {
          let frames = 0;
          const now = reader.read(chunk, (_, payload) => {
            expect(payload.length).toBeLessThanOrEqual(40);
            frames++;
          });
          if (problem !== null) expect([now, frames]).toEqual([problem, 0]);
          problem = now;
        }
      }),
    );
  });

  it("refuses unknown types and payloads above the limit before they come", () => {
    const none = () => expect.unreachable();
    expect(new FrameReader(40).read(Uint8Array.of(1, 0, 0, 0, 7), none)).toBe("type");
    expect(new FrameReader(40).read(Uint8Array.of(1, 0, 0, 0, 0), none)).toBe("type");
    expect(new FrameReader(40).read(Uint8Array.of(41, 0, 0, 0, FRAME.control), none)).toBe("length");
    expect(new FrameReader().read(Uint8Array.of(0, 0, 0, 255, FRAME.control), none)).toBe("length");
  });
});
