import { closeSync, openSync, writeSync } from "node:fs";
import { type RandomStream, randomStream } from "../../kernel/random.ts";
import { shuffled } from "../shuffled.ts";

/**
 * Writes the input of a recorded program: `tsx make_input.ts KIND SIZE FILE`. The same arguments give the same file.
 *
 * - `text`: SIZE bytes (or slightly more) of lines of words, Zipf-distributed over 60,000 made-up words. Topics come
 *   back after a while, so that a compressor finds matches at long distance.
 * - `records`: SIZE lines of a random key and a payload
 * - `graph`: SIZE vertices in METIS's format, each with up to six near neighbours and an occasional long link
 * - `redis`: SIZE keys are set, then commands use them, in Redis's protocol
 */
const [, , kind = "", size = "", file = ""] = process.argv;
const makers: Record<string, (size: number, out: (text: string) => void, random: RandomStream) => void> = {
  text: makeText,
  records: makeRecords,
  graph: makeGraph,
  redis: makeRedis,
};
const make = makers[kind];
if (make === undefined || !Number.isInteger(Number(size)) || file === "") {
  throw new RangeError(`usage: make_input.ts ${Object.keys(makers).join("|")} SIZE FILE`);
}
writeInput(file, (out) => make(Number(size), out, randomStream(1, `trace-input/${kind}`)));

/** Collects text and writes it in large pieces. */
function writeInput(path: string, produce: (out: (text: string) => void) => void): void {
  const descriptor = openSync(path, "w");
  let pending: string[] = [];
  let length = 0;
  const flush = (): void => {
    writeSync(descriptor, pending.join(""));
    pending = [];
    length = 0;
  };
  produce((text) => {
    pending.push(text);
    length += text.length;
    if (length > 1 << 20) flush();
  });
  flush();
  closeSync(descriptor);
}

function drawWords(count: number, random: RandomStream): string[] {
  return Array.from({ length: count }, () =>
    Array.from({ length: 3 + random.integer(8) }, () => String.fromCharCode(97 + random.integer(26))).join(""),
  );
}

/** A rank below `count`, close to Zipf's law: the logarithm of the rank is uniform. */
function zipfRank(count: number, random: RandomStream): number {
  return Math.floor(count ** random.next()) - 1;
}

function makeText(bytes: number, out: (text: string) => void, random: RandomStream): void {
  const words = drawWords(60_000, random);
  const topics = Array.from({ length: 40 }, () => random.integer(words.length));
  let topic = 0;
  for (let written = 0; written < bytes; ) {
    if (random.next() < 0.001) topic = topics[random.integer(topics.length)]!;
    const line = Array.from({ length: 6 + random.integer(10) }, () => {
      const rank = zipfRank(words.length, random);
      return words[random.next() < 0.5 ? rank : (topic + rank) % words.length]!;
    }).join(" ");
    out(`${line}\n`);
    written += line.length + 1;
  }
}

function makeRecords(lines: number, out: (text: string) => void, random: RandomStream): void {
  const words = drawWords(5000, random);
  for (let i = 0; i < lines; i++) {
    const key = random.integer(4294967296).toString(36).padStart(7, "0");
    out(`${key} ${words[zipfRank(words.length, random)]} ${words[random.integer(words.length)]} ${i}\n`);
  }
}

function makeGraph(vertices: number, out: (text: string) => void, random: RandomStream): void {
  const neighbours = Array.from({ length: vertices }, () => new Set<number>());
  const link = (a: number, b: number): void => {
    if (a === b) return;
    neighbours[a]!.add(b);
    neighbours[b]!.add(a);
  };
  // Vertices are numbered at random, so that neighbours in the graph are not neighbours in memory.
  const label = shuffled(vertices, random);
  const width = Math.ceil(Math.sqrt(vertices));
  for (let i = 0; i < vertices; i++) {
    if (i + 1 < vertices) link(label[i]!, label[i + 1]!);
    if (i + width < vertices) link(label[i]!, label[i + width]!);
    if (i + width + 1 < vertices) link(label[i]!, label[i + width + 1]!);
    if (random.next() < 0.05) link(label[i]!, label[zipfRank(vertices, random)]!);
  }
  const edges = neighbours.reduce((sum, set) => sum + set.size, 0) / 2;
  out(`${vertices} ${edges}\n`);
  for (const set of neighbours) out(`${Array.from(set, (vertex) => vertex + 1).join(" ")}\n`);
}

function makeRedis(keys: number, out: (text: string) => void, random: RandomStream): void {
  const command = (...words: string[]): void =>
    out(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`);
  for (let i = 0; i < keys; i++) command("SET", `user:${i}`, `${i}:`.padEnd(80 + random.integer(200), "x"));
  for (let phase = 0; phase < 4; phase++) {
    // The set of popular keys changes with the phase.
    const shift = random.integer(keys);
    for (let i = 0; i < keys * 2; i++) {
      const key = `user:${(zipfRank(keys, random) * 7919 + shift) % keys}`;
      const draw = random.next();
      if (draw < 0.7) command("GET", key);
      else if (draw < 0.85) command("SET", key, "".padEnd(80 + random.integer(200), "y"));
      else if (draw < 0.95) command("ZADD", `board:${random.integer(50)}`, `${random.integer(1e6)}`, key);
      else command("HINCRBY", `hash:${random.integer(2000)}`, key, "1");
    }
  }
  command("SHUTDOWN", "NOSAVE");
}
