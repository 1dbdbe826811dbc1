import { describe, expect, it } from "vitest";
import { createSwapDevice } from "../../../kernel/readahead/create_swap_device.ts";
import { DEVICE_PROFILES, SUBMIT_PAGE_US } from "../../../kernel/readahead/device.ts";
import { scenarioOf, workloadOf } from "./fixtures.ts";

const workload = workloadOf([
  [0, 1],
  [2, 3],
]);
const ignore = () => {};

describe("a synchronous device", () => {
  const profile = DEVICE_PROFILES.zswap;
  const create = () => createSwapDevice(scenarioOf(workload, { device: profile, frames: 100 }), 1);

  it("lets each thread read its share of half of the frames", () => {
    expect(create().readableFrames(0)).toBe(25);
  });

  it("reads in the thread that faults, with one fixed cost for all pages", () => {
    const slow = { ...profile, latencyUs: 5, pageUs: 2 };
    const device = createSwapDevice(scenarioOf(workload, { device: slow }), 1);
    expect([device.submitAhead(10, 1, 0), device.submitAhead(10, 2, 0)]).toEqual([17, 19]);
    expect([device.readingUs(0, false), device.readingUs(3, false), device.readingUs(3, true)]).toEqual([0, 11, 6]);
    expect(device.waitUs(100, device.submitDemand(10, ignore))).toBe(7);
    expect(device.submittingUs(3)).toBe(0);
  });

  it("compresses in the thread that reclaims, and harms no other tenant", () => {
    const device = create();
    expect(device.write(0, 3)).toBe(3 * profile.storeUs);
    expect([device.inflicted, device.backgroundRequests, device.busy]).toEqual([0, 0, 0]);
    expect([device.inFlight(1), device.queueWait(1)]).toEqual([0, 0]);
  });
});

describe("an asynchronous device", () => {
  const profile = DEVICE_PROFILES.nvme;
  const { latencyUs, pageUs } = profile;
  const create = () => createSwapDevice(scenarioOf(workload, { device: profile, frames: 100 }), 1);

  it("lets all threads together read half of the frames, less the pages under way", () => {
    const device = create();
    expect(device.readableFrames(0)).toBe(50);
    device.submitAhead(0, 1, 0);
    expect(device.readableFrames(0)).toBe(49);
    expect(device.readableFrames(1000)).toBe(50);
  });

  it("lets the thread wait only for its page, and submit pages ahead of use after that", () => {
    const device = create();
    expect(device.submitAhead(0, 1, 0)).toBeCloseTo(latencyUs + pageUs, 9);
    expect(device.readingUs(1, true)).toBe(0);
    expect(device.waitUs(0, device.submitDemand(0, ignore))).toBeCloseTo(latencyUs + 2 * pageUs, 9);
    expect(device.submittingUs(3)).toBe(3 * SUBMIT_PAGE_US);
  });

  it("reports the decisions whose pages hold up a demand page", () => {
    const device = create();
    device.submitAhead(0, 1, 7);
    const delays: [number, number][] = [];
    device.submitDemand(0, (decision, us) => delays.push([decision, us]));
    expect(delays).toEqual([[7, expect.closeTo(pageUs, 9)]]);
  });

  it("forks into an exact copy with its own state", () => {
    const device = create();
    device.submitAhead(0, 1, 0);
    const copy = device.fork();
    expect(copy.readableFrames(0)).toBe(49);
    expect(copy.submitAhead(0, 1, 0)).toBe(device.submitAhead(0, 1, 0));
    copy.submitAhead(0, 2, 0);
    expect([copy.inFlight(0), device.inFlight(0)]).toEqual([3, 2]);
  });

  it("writes over the bus, and no thread waits for that", () => {
    const device = create();
    expect(device.write(0, 8)).toBe(0);
    expect(device.busy).toBeCloseTo(8 * pageUs, 9);
  });
});
