import type { SmcHostCosts, SmcSettings } from "./traffic.ts";

/** Size of a connection data control message, bytes. Source: Linux net/smc/smc_cdc.h. */
export const CDC_BYTES = 44;

/** Fixed limit of window updates, bytes: half of SOCK_MIN_SNDBUF. Source: Linux 5.18, net/smc. */
export const UPDATE_BYTES = 2304;

/** Relative limit of window updates, as a share of the RMBE. Source: the same; RFC 7609 asks for as much. */
export const UPDATE_SHARE = 1 / 10;

/** Most bytes that autocorking holds back; at most half of the send buffer. Source: Linux, sysctl autocorking_size. */
export const AUTOCORK_BYTES = 65536;

/** Time to copy a message and its data to a program on the same machine, ns. Source: choice. */
export const LOCAL_COPY_NS = 1000;

/** Most bytes of a TCP connection that the NIC gets as one work request. Source: choice, eight packets. */
export const TCP_POST_BYTES = 8000;

/** Growth of a TCP window that is announced at once, bytes; at most half of the buffer. Source: choice, two packets. */
export const TCP_UPDATE_BYTES = 2000;

/**
 * Linux defaults: 64 KiB buffers, 16 send work requests on each of two links, the newer rule of window updates. Source:
 * net/smc.
 */
export const DEFAULT_SMC_SETTINGS: SmcSettings = {
  sendBuffer: 65536,
  rmbe: 65536,
  sendSlots: 16,
  links: 2,
  windowUpdate: "max",
};

/** Work on the processors takes no time. */
export const NO_HOST_COSTS: SmcHostCosts = { write: 0, read: 0, copyByte: 0, send: 0, receive: 0 };
