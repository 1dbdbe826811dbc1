import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { registry } from "../../envs/index.ts";
import { ProcessPolicy } from "../../harness/process/process_policy.ts";
import { DirectoryKernel } from "../harness/process/directory_kernel.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { startCli } from "./run_cli.ts";

/** The command starts slowly on a busy machine. */
const START_MS = 50_000;
const AGENT = "agent --env cartpole --policy random".split(" ");

function start(...args: string[]) {
  const started = startCli([...AGENT, ...args]);
  onTestFinished(() => void started.child.kill("SIGKILL"));
  return started;
}

it("serves a kernel at a socket until it is gone, and is the only one", async () => {
  const env = registry.make("CartPole-v1");
  const socket = join(temporaryFolder(), "kernel.sock");
  const agent = new ProcessPolicy(env, { socket, deadlineMs: 10_000, heartbeatMs: 60_000 });
  onTestFinished(() => agent.close());
  await agent.ready;
  const first = start("--connect", socket);
  expect(await agent.started(START_MS)).toBe(true);
  const second = await start("--connect", socket).result;
  expect(second).toEqual({ code: 1, stdout: "", stderr: "error: the kernel refused: EBUSY\n" });
  const run = agent.begin(env, 1, true);
  const { observation } = env.reset({ seed: 1 });
  for (let i = 0; i < 20; i++) expect([0, 1]).toContain(run.recommend(observation));
  agent.close();
  expect(await first.result).toEqual({
    code: 0,
    stdout: "",
    stderr: "answered 20 operations, skipped 0, received feedback on 0 blocks\n",
  });
});

it("serves a directory until it is told to stop, and tells the kernel", async () => {
  const directory = temporaryFolder();
  const kernel = new DirectoryKernel(directory, "pole");
  onTestFinished(() => kernel.close());
  const { child, result } = start("--directory", directory, "--model", "pole", "--seed", "4");
  await vi.waitFor(() => expect(kernel.actions.length).toBeGreaterThanOrEqual(50), START_MS);
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await result;
  expect([code, stdout]).toEqual([143, ""]);
  expect(stderr).toMatch(/^answered \d+ operations/);
  await vi.waitFor(() => expect(kernel.tokens.at(-1)).toBe("stop"));
  expect(new Set(kernel.actions)).toEqual(new Set([0, 1]));
});

it("fails with one line when there is no kernel", async () => {
  const { code, stdout, stderr } = await start("--connect", join(temporaryFolder(), "nobody")).result;
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^error: cannot connect to a kernel at .*ENOENT.*\n$/);
});
