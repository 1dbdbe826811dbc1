import { extname } from "node:path";

/**
 * URL that starts a module as a thread. TypeScript needs tsx, which threads do not inherit, so the thread loads it
 * first; a build is plain JavaScript.
 *
 * @param name of the module, without its extension
 * @param beside URL of a module in the same folder: the caller's `import.meta.url`
 */
export function threadUrl(name: string, beside: string): URL {
  const extension = extname(beside);
  const body = new URL(`./${name}${extension}`, beside);
  if (extension !== ".ts") return body;
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const source = `import { register } from ${tsx}; register(); await import(${JSON.stringify(body.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
