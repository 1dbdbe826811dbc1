// Limits of packed traces and of what is imported into them. docs/trace-format.md lists them. A reader checks them
// before it takes memory: a file of 2 kB can unpack to gigabytes. Within them a trace takes less than 300 MB and a
// second. All are choices, well above the bundled traces (1,200,000 accesses, 22,000 pages, 119 windows, bodies of
// 4.5 MB).

/** Most bytes of a header. Source: four texts of 10,000 characters, each written with six bytes. */
export const MOST_HEADER_BYTES = 256 << 10;

/** Most bytes of a body when unpacked. */
export const MOST_BODY_BYTES = 24 << 20;

/** Most bytes of a whole file. Packing makes a body only a little larger at worst. */
export const MOST_TRACE_BYTES = 28 << 20;

/** Most accesses of a recording of page accesses. */
export const MOST_ACCESSES = 2 ** 22;

/** Most distinct pages of a trace: 4 GiB of pages of 4 KiB. */
export const MOST_PAGES = 2 ** 20;

/** Most mapped ranges of a recording of page accesses. Linux allows a process 65,530 of them. */
export const MOST_RANGES = 2 ** 18;

/** Most windows of a histogram. */
export const MOST_WINDOWS = 2 ** 20;

/** Most entries of all windows of a histogram together. */
export const MOST_ENTRIES = 2 ** 22;
