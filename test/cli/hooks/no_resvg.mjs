// Preloaded by a test: the PNG renderer's binary, an optional package, is not installed.
import { register } from "node:module";

const hooks = `export async function resolve(specifier, context, next) {
  if (specifier.startsWith("@resvg/")) throw new Error("Cannot find module '@resvg/resvg-js-linux-x64-gnu'\\nRequire stack:");
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
