import { dieWithParent } from "../run/die_with_parent.ts";
import { Pipe } from "./pipe.ts";
import { serveEvaluation, type TableText } from "./serve_evaluation.ts";
import { Session } from "./session.ts";

/**
 * Serves the one client at standard input and output until it closes them, sends a fault, or dies. Standard output
 * must carry nothing else.
 *
 * @param tableText formats the table at the end of an evaluation
 */
export async function serveStdio(tableText: TableText): Promise<void> {
  // A terminal sends it to the whole group. The client decides what ends.
  process.on("SIGINT", () => {});
  // Standard input does not end if another process holds the other end, too.
  dieWithParent();
  const pipe = new Pipe();
  const session = new Session({ evaluates: true });
  while (session.evaluation === null && pipe.receive(session)) {
    pipe.send(session.answer(pipe.requests));
    pipe.requests.drop();
  }
  if (session.evaluation !== null) await serveEvaluation(pipe, session, session.evaluation, tableText);
  session.close();
}
