import type { Command } from "commander";
import { interruptible } from "./interruptible.ts";
import { printable } from "./printable.ts";

/** The command `serve`. */
export function addServe(program: Command): void {
  program
    .command("serve")
    .description("step environments for a program in another language, by frames of bytes")
    .option(
      "--listen <address>",
      "serve many clients at unix:PATH or tcp:HOST:PORT, and print the address; port 0 chooses a free port " +
        "(default: one client at standard input and output)",
    )
    .addHelpText(
      "after",
      "\ndocs/protocol.md describes the frames. The server authenticates nobody: listen where you trust all clients." +
        "\nIt serves at most 256 connections and 65536 environments at a time.",
    )
    .action(runServe);
}

async function runServe({ listen }: { listen?: string }): Promise<void> {
  if (listen === undefined) {
    const [{ serveStdio }, { summaryText }] = await Promise.all([
      import("../harness/serve/serve_stdio.ts"),
      import("./summary_text.ts"),
    ]);
    return serveStdio((table, learner, width) => {
      const { tables, notes } = summaryText(table, { learner, width, rest: "the records have everything" });
      return `${tables}${notes.map((note) => `${printable(note)}\n`).join("")}`;
    });
  }
  const [{ parseListenAddress }, { serveClients }] = await Promise.all([
    import("../harness/serve/listen_address.ts"),
    import("../harness/serve/serve_clients.ts"),
  ]);
  const address = parseListenAddress(listen);
  const onListening = (text: string) => void process.stdout.write(`listening ${text}\n`);
  const { exitCode } = await interruptible((signal) => serveClients(address, { onListening, signal }));
  if (exitCode !== null) process.exitCode = exitCode;
}
