import type { Reporter, TestModule } from "vitest/node";

/** How many are listed. */
const LISTED = 10;

/** Prints the ten slowest test files and the ten slowest tests behind the summary of a run, with seconds of wall time. */
export default class SlowestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map((file) => ({ name: file.relativeModuleId, ms: fileMs(file) }));
    const tests = modules.flatMap((file) =>
      [...file.children.allTests()].map((test) => ({
        name: `${file.relativeModuleId} > ${test.fullName}`,
        ms: test.diagnostic()?.duration ?? 0,
      })),
    );
    // A run of a single test names it already.
    if (tests.length > 1) process.stdout.write(`${slowest("files", files)}${slowest("tests", tests)}\n`);
  }
}

/** Time of a file: its imports, hooks and tests, in ms. */
function fileMs(file: TestModule): number {
  const { collectDuration, duration } = file.diagnostic();
  return collectDuration + duration;
}

function slowest(kind: string, all: readonly { name: string; ms: number }[]): string {
  const listed = [...all].sort((a, b) => b.ms - a.ms).slice(0, LISTED);
  const lines = listed.map(({ name, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`);
  return `\n The slowest ${kind}:\n${lines.join("\n")}\n`;
}
