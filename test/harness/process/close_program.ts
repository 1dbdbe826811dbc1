import { join } from "node:path";
import { registry } from "../../../envs/index.ts";
import { ProcessPolicy } from "../../../harness/process/process_policy.ts";

// Uses an agent and closes it: this program must then end by itself, and leave nothing. Prints what must not be left.
const env = registry.make("CartPole-v1");
const program = join(import.meta.dirname, "faulty_agent.ts");
const command = [process.execPath, "--import", import.meta.resolve("tsx"), program, "none"];
const agent = new ProcessPolicy(env, { command, deadlineMs: 5000 });
const started = await agent.started(60_000);
const { observation } = env.reset({ seed: 1 });
const answer = agent.begin(env, 1, true).recommend(observation);
agent.close();
process.stdout.write(JSON.stringify({ started, answer, pid: agent.pid, socket: agent.socket }));
