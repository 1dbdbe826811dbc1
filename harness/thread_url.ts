import { extname } from "node:path";

/**
 * What a thread runs: the module of that name in this folder. From source it loads tsx first, which threads do not inherit; a
 * build is plain JavaScript.
 */
export function threadUrl(name: string): URL {
  const extension = extname(import.meta.url);
  const body = new URL(`./${name}${extension}`, import.meta.url);
  if (extension !== ".ts") return body;
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const source = `import { register } from ${tsx}; register(); await import(${JSON.stringify(body.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
