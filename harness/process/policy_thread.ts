import { parentPort, workerData } from "node:worker_threads";
import { PolicyChild } from "./policy_child.ts";
import { type MailboxSize, PolicyMailbox, WORD } from "./policy_mailbox.ts";
import { PolicySocket } from "./policy_socket.ts";

/** The input of the thread. Plain data. */
export interface PolicyThreadTask {
  size: MailboxSize;
  buffer: SharedArrayBuffer;
  /** Path at which to listen. */
  socket: string;
  /** Program and arguments to start, with `--connect` and the socket added; null if the policy connects by itself. */
  command: readonly string[] | null;
  heartbeatMs: number;
}

/** An order to the thread: an operation to ask about, a frame to send, or to close. */
export type PolicyThreadOrder = number | Uint8Array | "close";

/** The message of the thread when it listens and its program runs. */
export interface PolicyThreadReady {
  /** Process id of the program; null if it started none. */
  pid: number | null;
}

// The program of the thread that `ProcessPolicy` starts. It loads few modules, because runs wait for it.
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
