import { createRequire } from "node:module";
import project from "../package.json" with { type: "json" };

/** Version of this package. */
export const VERSION: string = project.version;

/** Versions of what a result depends on, by name. */
export function versions(): Record<string, string> {
  const tfjs: { version: string } = createRequire(import.meta.url)("@tensorflow/tfjs-core/package.json");
  return {
    [project.name]: VERSION,
    node: process.version,
    tfjs: tfjs.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
