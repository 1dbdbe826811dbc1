import { describe, expect, it } from "vitest";
import {
  BEFORE,
  SINCE,
  smcStream,
  windowFixGains,
  windowFixTargets,
} from "../../../harness/validate/congestion_smc.ts";

const NO_COSTS = { write: 0, read: 0, copyByte: 0, send: 0, receive: 0 };

describe("window updates as since Linux 5.18", () => {
  it("gain at every published size, and the least at 8K, where either rule announces every call", () => {
    const [at2K, at4K, at8K] = windowFixGains();
    expect(at8K).toBeGreaterThan(5);
    expect(Math.min(at2K, at4K)).toBeGreaterThan(2 * at8K);
    expect(Math.max(at2K, at4K)).toBeLessThan(100);
  });

  it("hold the published direction and order", () => {
    for (const { id, expected, simulated } of windowFixTargets()) expect(simulated, id).toBe(expected);
  });

  it("send fewer messages at sizes below the larger limit, and gain nothing where processors are free", () => {
    for (const bytes of [1024, 2048, 4096]) {
      expect(smcStream(bytes, SINCE).windowUpdates).toBeLessThan(0.6 * smcStream(bytes, BEFORE).windowUpdates);
      const free = smcStream(bytes, SINCE, NO_COSTS).gbps / smcStream(bytes, BEFORE, NO_COSTS).gbps;
      expect(free).toBeGreaterThan(0.95);
      expect(free).toBeLessThan(1.05);
    }
  });
});
