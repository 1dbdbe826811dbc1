declare module "amaro" {
  /** Removes types. @throws a text, the report of the compiler, where the source cannot be read */
  export function transformSync(source: string, options: { mode: "strip-only"; filename?: string }): { code: string };
}
