import { learnerOf, type SummaryTable, summarise } from "../compare/summary.ts";
import { comparisonRules, evaluatePolicies, evaluationCells } from "../evaluate/evaluate_policies.ts";
import { FRAME, jsonFrame } from "./frames.ts";
import type { Pipe } from "./pipe.ts";
import { remotePolicy } from "./remote_policy.ts";
import { ServeError, serveErrorOf } from "./serve_error.ts";
import type { Evaluation, Session } from "./session.ts";

/** Formats a comparison as a table for a terminal, as the command `evaluate` prints it. */
export type TableText = (table: SummaryTable, learner: string | null, columns: number) => string;

/** The client has left. */
class Gone extends Error {}

/**
 * Plays the client's policy, and others beside it, and sends the result. Any fault ends the connection.
 *
 * @param session whose client has been welcomed for the evaluation
 */
export async function serveEvaluation(
  pipe: Pipe,
  session: Session,
  evaluation: Evaluation,
  tableText: TableText,
): Promise<void> {
  const { requests } = pipe;
  const receive = () => {
    if (!pipe.receive(session)) throw new Gone();
    if (requests.type !== FRAME.actions) {
      throw new ServeError(
        "protocol",
        `an evaluation takes actions (type ${FRAME.actions}), got type ${requests.type}`,
      );
    }
  };
  const policy = remotePolicy(evaluation.name, (question) => {
    new DataView(question.buffer, question.byteOffset).setUint32(8, requests.sequence, true);
    pipe.send(question);
    requests.drop();
    receive();
    return requests;
  });
  try {
    receive();
    if (requests.length !== 0) {
      throw new ServeError("protocol", `the first actions must be empty, got ${requests.length} bytes`);
    }
    const { env, split, episodes, first_seed, rivals, policies, options, columns } = evaluation;
    const records = await evaluatePolicies({
      env,
      split,
      episodes: episodes ?? undefined,
      firstSeed: first_seed ?? undefined,
      rivals,
      policies,
      given: [policy],
      options: Object.entries(options).map(([key, value]) => `${key}=${value}`),
    });
    const summary = summarise(records!, comparisonRules(env));
    const text = tableText(summary, learnerOf(records!), columns);
    pipe.send(jsonFrame(FRAME.result, requests.sequence, { records: records!.map(evaluationCells), summary, text }));
  } catch (error) {
    if (error instanceof Gone) return;
    const { kind, message } = serveErrorOf(error);
    pipe.send(jsonFrame(FRAME.error, requests.sequence, { kind, message, fatal: true }));
  }
}
