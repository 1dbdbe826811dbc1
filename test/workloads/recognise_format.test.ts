import { expect, test } from "vitest";
import { recogniseFormat } from "../../workloads/recognise_format.ts";

test.each([
  ["packed", "\uFFFDR0T\r\n\x1A\n"],
  ["raw", "ring0-raw-accesses 1\n"],
  ["gem5", "77000: system.cpu: A0 T0 : 0x400c3c    : mov\n"],
  ["drmemtrace", "  12    1:  1234 ifetch       3 byte(s) @ 0x00007f00 48 89 e7 mov\n"],
  ["memtrace", "Format: <data address>: <data size>, <(r)ead/(w)rite/opcode>\n0x7f00:  8, w\n"],
  ["pin", "0x401000: R 0x602000\n0x401004: W 0x602008\n#eof\n"],
  ["lackey", "==7== Command: ./prog\nI  00401000,4\n L 00602000,8\nsum 42\n"],
  ["perf", "sort  1234 [001]  5.123456:    10000 cycles:  401000 main (/bin/sort)\n"],
  ["msr", "128000000000000001,vol,0,Read,4096,8192,300\n"],
  ["blktrace", "  8,0    3        1     0.000000000   697  G   W 223490 + 8 [kjournald]\n"],
  ["spc", "0,20941264,8192,W,0.551706\n0,20939840,8192,r,0.554041\n"],
  ["perf-data", "PERFILE2h"],
  ["strace", 'execve("/bin/true", ["true"], 0x7ffd) = 0\nbrk(NULL) = 0x55d0\n'],
  ["strace", '[pid  77] read(3, "x", 1) = 1\n[pid  78] close(3) = -1 EBADF (Bad file descriptor)\n'],
  ["callgrind", "# callgrind format\nversion: 1\ncreator: callgrind-3.19.0\nevents: Ir Dr\n"],
  ["callgrind", "desc: I1 cache: 32768 B\ncmd: ./a\nevents: Ir I1mr\n"],
  ["massif", "desc: --massif-out-file=m\ncmd: ./a\ntime_unit: i\n"],
  ["azure", "\uFEFF,TIMESTAMP,ContextTokens,GeneratedTokens\n"],
  ["burstgpt", "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"],
  ["orion", "Name,Duration,Profile,Memory_footprint,SM_usage\n"],
  ["disb", '{"time":1,"tasks":[]}'],
  ["reef", '{"model_latency":1,"kernel_latency":{}}'],
  ["reef-mix", '{"time":1,"rt":[{"name":"vgg","frequency":50}],"be":[]}'],
  ["htsim", "Nodes 4\nConnections 1\n0->3 start 0 size 20000\n"],
  ["dinero", "0 602000\n1 602008\n2 401000\n"],
  ["flows", "2\n0 1 2000 0\n1 0 2000 0\n"],
  [undefined, "hosts and flows\n"],
  [undefined, ""],
  [undefined, "{}"],
])("%s is recognised", (name, head) => {
  expect(recogniseFormat(head)?.name).toBe(name);
});
