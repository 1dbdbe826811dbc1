import { AsynchronousDevice } from "./asynchronous_device.ts";
import { DeviceQueue } from "./device_queue.ts";
import type { ReadaheadScenario } from "./scenario.ts";
import type { SwapDevice } from "./swap_device.ts";
import { SynchronousDevice } from "./synchronous_device.ts";

/** The idle device of a scenario, of the kind that its profile names. */
export function createSwapDevice(
  { device, frames, backgroundLoad, workload }: ReadaheadScenario,
  seed: number,
): SwapDevice {
  if (device.synchronous) return new SynchronousDevice(device, frames, workload.threads.length);
  return new AsynchronousDevice(DeviceQueue.create(device, backgroundLoad, seed), frames);
}
