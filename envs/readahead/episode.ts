import type { RandomStream } from "../../kernel/random.ts";
import { DEVICE_PROFILES, type DeviceProfile } from "../../kernel/readahead/device.ts";
import { MIN_FRAMES, type ReadaheadScenario } from "../../kernel/readahead/scenario.ts";
import type { AccessStream, ReadaheadWorkload } from "../../kernel/readahead/workload.ts";

/** Ranges of an episode's memory and device, wide enough that no constant fits all episodes. */
export const READAHEAD_DRAWS = {
  /**
   * Frames over pages that the program touches. Episodes take them in turn, so that each is as frequent as the other in
   * every workload.
   */
  frames: [0.1, 0.25],
  /** Transfer time of a page over that of the profile: drives share their bus, and slower drives exist. */
  slower: { min: 1, max: 4 },
  /** Share of the bus that other tenants use. */
  background: { min: 0, max: 0.6 },
  /** Share of swap slots that others hold. */
  fragmentation: { min: 0, max: 0.3 },
} as const;

/** Values that `reset({ options })` can fix. The seed decides the others. */
export interface ReadaheadEpisodeOptions {
  frames?: number;
  device?: string;
  latencyUs?: number;
  pageUs?: number;
  background?: number;
  fragmentation?: number;
  demandFirst: boolean;
  countPollution: boolean;
}

/**
 * Draws the memory and the device of an episode. It makes every draw, also where an option replaces the result, so that
 * an option changes nothing else.
 *
 * @param devices names of the profiles to draw from
 * @param episode number of the episode, by which it takes its share of frames in turn
 */
export function drawReadaheadScenario(
  workload: ReadaheadWorkload,
  devices: readonly string[],
  episode: number,
  random: RandomStream,
  options: ReadaheadEpisodeOptions,
): ReadaheadScenario {
  const { frames, slower, background, fragmentation } = READAHEAD_DRAWS;
  const drawnFrames = frames[episode % frames.length];
  const drawnDevice = devices[random.integer(devices.length)];
  const drawnSlower = slower.min * (slower.max / slower.min) ** random.next();
  const drawnBackground = random.uniform(background.min, background.max);
  const drawnFragmentation = random.uniform(fragmentation.min, fragmentation.max);
  const profile = DEVICE_PROFILES[options.device ?? drawnDevice];
  // The speed at which a processor decompresses is a fact of the profile.
  const drawnPageUs = options.device !== undefined || profile.synchronous ? 1 : drawnSlower;
  const device: DeviceProfile = {
    ...profile,
    latencyUs: options.latencyUs ?? profile.latencyUs,
    pageUs: options.pageUs ?? profile.pageUs * drawnPageUs,
  };
  return {
    workload,
    frames: Math.max(MIN_FRAMES, Math.floor(workload.footprint * (options.frames ?? drawnFrames))),
    device,
    backgroundLoad: profile.synchronous ? 0 : (options.background ?? drawnBackground),
    fragmentation: options.fragmentation ?? drawnFragmentation,
    demandFirst: options.demandFirst,
    singleList: false,
    countPollution: options.countPollution,
  };
}

/**
 * The same program until each thread has made `accesses` accesses, and another program after that: each page is
 * replaced by another page. It serves the test that observations do not contain the future.
 */
export function alteredAfter(workload: ReadaheadWorkload, accesses: number): ReadaheadWorkload {
  const alter = (stream: AccessStream): AccessStream => ({
    ...stream,
    page: stream.page.map((page, i) => (i < accesses ? page : workload.pages - 1 - page)),
  });
  return { ...workload, threads: workload.threads.map(alter) };
}
