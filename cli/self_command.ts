import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import project from "../package.json" with { type: "json" };

/**
 * A command line of this program that works where the user is: `npm run` in a clone, `npx` in a project that has the
 * package installed, else the file that was started.
 *
 * @param option words before the path
 * @param path it is made absolute where the command runs in another folder
 * @param more arguments after the path
 */
export function selfCommand(command: string, option: string, path: string, more: readonly string[] = []): string {
  const rest = more.map((argument) => ` ${quoted(argument)}`).join("");
  const here = process.cwd();
  for (let folder = here; ; folder = dirname(folder)) {
    if (isClone(folder)) {
      // npm runs scripts in the folder of the package.
      return `npm run ${command} -- ${option} ${quoted(folder === here ? path : resolve(path))}${rest}`;
    }
    if (existsSync(join(folder, "node_modules/.bin", project.name))) {
      return `npx ${project.name} ${command} ${option} ${quoted(path)}${rest}`;
    }
    if (dirname(folder) === folder) break;
  }
  const [node, script = project.name] = process.argv;
  const installed = script.endsWith(project.name);
  const start = installed ? project.name : [node, ...process.execArgv, script].map(quoted).join(" ");
  return `${start} ${command} ${option} ${quoted(path)}${rest}`;
}

/** Whether a folder is that of the sources of this package. */
function isClone(folder: string): boolean {
  try {
    const { name, scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return name === project.name && scripts?.train === project.scripts.train;
  } catch {
    return false;
  }
}

/** An argument as a POSIX shell reads it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
