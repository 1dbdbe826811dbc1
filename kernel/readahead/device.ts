/**
 * How far a figure can be trusted. `measured`: read in a published measurement. `reported`: read in the text of a paper
 * or maintainer. `weak`: recalled, or from one weak source; never a test target. `choice`: this project's choice.
 */
export type Trust = "measured" | "reported" | "weak" | "choice";

/** A swap device and the path to it. Times in us. */
export interface DeviceProfile {
  readonly name: string;
  /** Whether the faulting thread reads by itself (compressed memory). A stock kernel then reads nothing ahead. */
  readonly synchronous: boolean;
  /** Fixed cost of a major fault, without the device: trap, allocation, submission, mapping. */
  readonly faultUs: number;
  /** Asynchronous: media latency of a read. Synchronous: fixed cost of a read of any number of pages. */
  readonly latencyUs: number;
  /** Asynchronous: transfer of a page over the bus. Synchronous: decompression of a page. */
  readonly pageUs: number;
  /**
   * Synchronous: compression of a page that is swapped out, done by the thread that reclaims. Asynchronous: 0, because
   * writes use the bus.
   */
  readonly storeUs: number;
  /** Most reads of the media under way at the same time; 1 for synchronous devices. */
  readonly queueDepth: number;
  /** Where the figures come from. */
  readonly source: string;
  readonly trust: Trust;
}

/** Minor fault that maps a page of the swap cache, us. Source: PageFlex, p25 of readahead hits, 1.08 us. */
export const HIT_US = 1.08;

/** First touch of a page, us. Source: PageFlex, zero-page minor fault, 1.2 us. */
export const ZERO_FILL_US = 1.2;

/** Time to scan and unmap one page in reclaim, us. Source: choice. */
export const RECLAIM_PAGE_US = 0.1;

/**
 * Time for which the faulting thread allocates, submits and completes the read of one page ahead of use from an
 * asynchronous device, us. Source: choice. The same work for the faulting page is part of `faultUs`.
 */
export const SUBMIT_PAGE_US = 0.5;

/** Device profiles by name. */
export const DEVICE_PROFILES: Readonly<Record<string, DeviceProfile>> = {
  nvme: {
    name: "nvme",
    synchronous: false,
    faultUs: 3,
    latencyUs: 80,
    pageUs: 1.37,
    storeUs: 0,
    queueDepth: 64,
    source: "choice between 50 us (PCIe 4 consumer drive at queue depth 1) and 100 us; 3 GB/s",
    trust: "choice",
  },
  optane: {
    name: "optane",
    synchronous: false,
    faultUs: 3,
    latencyUs: 13.4,
    pageUs: 1.37,
    storeUs: 0,
    queueDepth: 64,
    source: "P5800X: 74,875 reads a second at queue depth 1 (published review); 3 GB/s of the 2.5 to 7 reported",
    trust: "measured",
  },
  ufs: {
    name: "ufs",
    synchronous: false,
    faultUs: 3,
    latencyUs: 100,
    pageUs: 2,
    storeUs: 0,
    queueDepth: 32,
    source: "UFS 3.1: 60 to 150 us, 2 GB/s",
    trust: "weak",
  },
  rdma: {
    name: "rdma",
    synchronous: false,
    faultUs: 2,
    latencyUs: 4.3,
    pageUs: 0.6,
    storeUs: 0,
    queueDepth: 64,
    source: "4 KiB over 56 Gb/s: 4.3 us, recalled from the far-memory literature",
    trust: "weak",
  },
  "zram-lz4": zram("lz4", 1.71, 10.67),
  "zram-lzo-rle": zram("lzo-rle", 2.2, 14.9),
  "zram-zstd": zram("zstd", 5.71, 41.36),
  zswap: {
    name: "zswap",
    synchronous: true,
    faultUs: 0.8,
    latencyUs: 0,
    pageUs: 2.7,
    storeUs: 4,
    queueDepth: 1,
    source: "PageFlex: 3.5 us a fault that reads one page, 6.2 us one that reads two; store about 4 us",
    trust: "measured",
  },
};

/**
 * Creates a zram profile from the time to read one page and the time to read eight pages in one go, us (published
 * measurements of a desktop). The straight line through both gives the fixed part and the part of each page.
 */
function zram(algorithm: string, one: number, eight: number): DeviceProfile {
  const pageUs = (eight - one) / 7;
  return {
    name: `zram-${algorithm}`,
    synchronous: true,
    faultUs: 1.27,
    latencyUs: one - pageUs,
    pageUs,
    storeUs: 2.5,
    queueDepth: 1,
    source: `${one} us for one page, ${eight} us for eight (published); fault 1.27 us (PageFlex); store 2.5 us is a choice`,
    trust: "measured",
  };
}
