import { describe, expect, it } from "vitest";
import { PressureStall } from "../../kernel/psi.ts";

describe("PressureStall", () => {
  it("reaches 63.2 % over 10 s after 10 s of constant stall", () => {
    const pressure = new PressureStall();
    pressure.record(10, 1, 1);
    expect(pressure.someAverage10).toBeCloseTo(100 * (1 - 0.8187 ** 5), 0);
    expect(pressure.fullAverage10).toBe(pressure.someAverage10);
  });

  it("decays by exp(-2/10), exp(-2/60) and exp(-2/300) a period", () => {
    const pressure = new PressureStall();
    pressure.record(600, 1, 0);
    const before = [pressure.someAverage10, pressure.someAverage60, pressure.someAverage300];
    expect(before[0]).toBeGreaterThan(99.9);
    pressure.record(2, 0, 0);
    expect(pressure.someAverage10 / before[0]).toBeCloseTo(Math.exp(-2 / 10), 2);
    expect(pressure.someAverage60 / before[1]).toBeCloseTo(Math.exp(-2 / 60), 2);
    expect(pressure.someAverage300 / before[2]).toBeCloseTo(Math.exp(-2 / 300), 2);
  });

  it("counts total time and keeps full at or below some", () => {
    const pressure = new PressureStall();
    pressure.record(3, 0.5, 0.25);
    pressure.record(1.5, 0.5, 0.25);
    expect(pressure.someSeconds).toBeCloseTo(2.25, 12);
    expect(pressure.fullSeconds).toBeCloseTo(1.125, 12);
    expect(pressure.fullAverage10).toBeLessThan(pressure.someAverage10);
  });

  it("does not depend on how time is cut into pieces", () => {
    const whole = new PressureStall();
    const pieces = new PressureStall();
    whole.record(8, 0.3, 0.1);
    for (let i = 0; i < 80; i++) pieces.record(0.1, 0.3, 0.1);
    expect(pieces.someAverage10).toBeCloseTo(whole.someAverage10, 6);
  });
});
