import type { RandomStream } from "../../kernel/random.ts";
import { DEVICE_PROFILES, type DeviceProfile } from "../../kernel/readahead/device.ts";
import { MIN_FRAMES, type ReadaheadScenario } from "../../kernel/readahead/scenario.ts";
import type { AccessStream, ReadaheadWorkload } from "../../kernel/readahead/workload.ts";

/** What an episode draws: its memory and its device, so that no constant fits all episodes. */
export const READAHEAD_DRAWS = {
  /** Frames over pages the program touches: in turn, so that as many episodes of a workload have either. */
  frames: [0.1, 0.25],
  /** Transfer time of a page over the profile's: drives share their bus, and slower ones exist. */
  slower: { min: 1, max: 4 },
  /** Share of the bus that other tenants use. */
  background: { min: 0, max: 0.6 },
  /** Share of swap slots that others hold. */
  fragmentation: { min: 0, max: 0.3 },
} as const;

/** What `reset({ options })` can fix instead of having it drawn. */
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
 * Draws memory and device of an episode. Every draw is made whether or not an option replaces it, so that fixing one thing
 * changes nothing else.
 *
 * @param devices names of the profiles to draw from
 * @param episode number of the episode, whose frames are the next in turn
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
  // How fast a processor decompresses is the profile's to say.
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
 * The same program until each thread has made `accesses` accesses, another one after: every page then stands for another.
 * For the test that no observation knows the future.
 */
export function alteredAfter(workload: ReadaheadWorkload, accesses: number): ReadaheadWorkload {
  const alter = (stream: AccessStream): AccessStream => ({
    ...stream,
    page: stream.page.map((page, i) => (i < accesses ? page : workload.pages - 1 - page)),
  });
  return { ...workload, threads: workload.threads.map(alter) };
}
