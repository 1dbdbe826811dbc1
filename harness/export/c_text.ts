/** Most characters of a line of numbers. */
const LINE = 100;

/**
 * A constant array in C.
 *
 * @param type type of an element, e.g. `int16_t`
 */
export function constantArray(type: string, name: string, values: ArrayLike<number | bigint>): string {
  const lines: string[] = [];
  let line = "";
  for (const value of Array.from(values)) {
    const text = `${value},`;
    if (line.length + text.length + 1 > LINE) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? text : ` ${text}`;
  }
  lines.push(line);
  return `static const ${type} ${name}[${values.length}] = {\n${lines.map((one) => `\t${one}\n`).join("")}};\n`;
}

/** A text that may stand in a comment of C. */
export function commentText(text: string): string {
  return text.replaceAll("*/", "* /").replaceAll("/*", "/ *");
}

/** The C files of an exported policy. */
export interface CFiles {
  header: string;
  source: string;
}

/** The names in C of a policy that is exported as `name`. */
export function cNames(name: string): { file: string; prefix: string; function: string } {
  return { file: `ring0_${name}`, prefix: `RING0_${name.toUpperCase()}`, function: `ring0_${name}_decide` };
}
