import { parentPort, workerData } from "node:worker_threads";
import { PolicyChild } from "./policy_child.ts";
import { type MailboxSize, PolicyMailbox, WORD } from "./policy_mailbox.ts";
import { PolicySocket } from "./policy_socket.ts";

/** What the thread is given. Plain data. */
export interface PolicyThreadTask {
  size: MailboxSize;
  buffer: SharedArrayBuffer;
  /** Where to listen. */
  socket: string;
  /** Program and arguments to start, or null when the agent comes by itself. `--connect` and the socket are added. */
  command: readonly string[] | null;
  heartbeatMs: number;
}

/** An operation to ask about, a frame to send, or that it is over. */
export type PolicyThreadOrder = number | Uint8Array | "close";

/** What it says once it listens and its program runs. */
export interface PolicyThreadReady {
  /** Process id of the program; null when it started none. */
  pid: number | null;
}

// The body of the thread that `ProcessPolicy` starts. It loads as little as it can, because runs wait for it.
const { size, buffer, socket: path, command, heartbeatMs } = workerData as PolicyThreadTask;
const mailbox = new PolicyMailbox(size, buffer);
const socket = new PolicySocket(mailbox, heartbeatMs);
await socket.listen(path);
let child: PolicyChild | null = null;
parentPort!.on("message", async (order: PolicyThreadOrder) => {
  if (typeof order === "number") return socket.ask(order);
  if (order !== "close") return socket.tell(order);
  socket.close();
  await child?.stop();
  parentPort!.close();
  mailbox.set(WORD.closed, 1);
  Atomics.notify(mailbox.words, WORD.closed);
});
try {
  if (command !== null) {
    child = await PolicyChild.start([...command, "--connect", path], () => mailbox.set(WORD.exited, 1));
  }
} catch (error) {
  socket.close();
  throw error;
}
parentPort!.postMessage({ pid: child?.pid ?? null } satisfies PolicyThreadReady);
