import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESULTS_FILE } from "../../../harness/benchmark/manifest.ts";
import { resultsText } from "../../../harness/benchmark/results.ts";
import { smallResults, writeSmallBenchmark } from "../benchmark/small_benchmark.ts";

/** What a page does where one of the names is more than a text to it. */
const CALL = "globalThis.hostile=1";

/** Names that try to be markup, script, paths, formulas or orders to a terminal. */
export const HOSTILE_NAMES: readonly string[] = [
  `<script>${CALL}</script>`,
  `"><script>${CALL}</script>`,
  `'><script>${CALL}</script>`,
  `</script><script>${CALL}</script>`,
  `</style><script>${CALL}</script>`,
  `</title><script>${CALL}</script>`,
  `</svg><script>${CALL}</script>`,
  `--><script>${CALL}</script>`,
  `]]><script>${CALL}</script>`,
  `<img src=x onerror=${CALL}>`,
  `"><img src=x onerror=${CALL}>`,
  `' onerror='${CALL}`,
  `" onmouseover="${CALL}`,
  `" onfocus="${CALL}" autofocus tabindex="1`,
  `"style="animation:x"onanimationstart="${CALL}`,
  `<svg onload=${CALL}>`,
  `<svg><animate onbegin=${CALL} attributeName=x dur=1s>`,
  `<body onload=${CALL}>`,
  `<details open ontoggle=${CALL}>`,
  `<iframe srcdoc="<script>parent.${CALL}</script>">`,
  `<object data="javascript:${CALL}">`,
  `<embed src="javascript:${CALL}">`,
  `<a href="javascript:${CALL}">x</a>`,
  `<meta http-equiv="refresh" content="0;url=javascript:${CALL}">`,
  `<base href="https://example.invalid/">`,
  `<link rel="stylesheet" href="https://example.invalid/x.css">`,
  `<form action="javascript:${CALL}"><input autofocus onfocus=${CALL}>`,
  `<math><mtext><script>${CALL}</script>`,
  `<template><script>${CALL}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
  `<!--<img src="--><img src=x onerror=${CALL}//">`,
  `&lt;script&gt;${CALL}&lt;/script&gt;`,
  `&#60;script&#62;${CALL}&#60;/script&#62;`,
  `\\u003cscript\\u003e${CALL}\\u003c/script\\u003e`,
  `javascript:${CALL}`,
  `\${${CALL}}`,
  `{{${CALL}}}`,
  `url(#x) fill="black" id="q"`,
  `id="clip0" url(#clip0)`,
  "/../../../victim",
  "../victim",
  "..\\..\\victim",
  "/etc/passwd",
  "C:\\victim",
  "con",
  "=1+1",
  "+cmd|' /C calc'!A0",
  "-2+3",
  "@SUM(A1)",
  "\u001b]0;owned\u0007\u009b31m",
  "__proto__",
  "constructor",
  "toString",
  "a|b`c*d_e[f](g)<!-- end of benchmark -->",
  "\u202egnp.exe",
  "x".repeat(900),
];

/** Writes a finished benchmark whose policies have these names: the first is an agent, others are heuristics. */
export function writeHostileBenchmark(folder: string, agent: string, others: readonly string[]): void {
  writeSmallBenchmark(folder);
  const results = smallResults();
  const published = results.filter(({ policy }) => policy === "memtis");
  const named = results.map((record) => (record.policy === "ppo" ? { ...record, policy: agent } : record));
  const more = others.flatMap((policy, i) =>
    published.map((record) => ({ ...record, policy, value: record.value - i / 1000 })),
  );
  writeFileSync(join(folder, RESULTS_FILE), resultsText([...named, ...more]));
  const table = `name,value,unit\n${HOSTILE_NAMES.map((name) => `${quoted(name)},1,${quoted(name)}`).join("\n")}\n`;
  writeFileSync(join(folder, "throughput.csv"), table);
  const file = join(folder, "benchmark.json");
  const description = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...description, machine: others[0], code: others[1] }));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
