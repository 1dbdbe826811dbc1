import type { AnyEnv } from "../../gym/env.ts";
import { flattenRows } from "../../gym/rows.ts";
import { createRows, maskSize } from "../../gym/spaces.ts";
import type { Policy, Turn } from "../play/policy.ts";
import { FRAME, HEADER_BYTES, writeHeader } from "./frames.ts";
import { ServeError } from "./serve_error.ts";
import { actionDtype } from "./welcome.ts";

/** Bits of the flags at the start of a question. */
const MASK = 1;
const BEGINS = 2;
/** Bytes of a question's payload before its arrays. */
const HEAD_BYTES = 16;

/** Sends a question and waits for the payload of the answer. The caller fills in the header's sequence number. */
export type Ask = (question: Uint8Array) => { bytes: Uint8Array<ArrayBuffer>; length: number };

/** A policy whose decisions a client makes: each one is a question and its answer. */
export function remotePolicy(name: string, ask: Ask): Policy {
  return { name, role: "agent", sees: null, begin: (env) => remoteTurn(env, ask) };
}

function remoteTurn(env: AnyEnv, ask: Ask): Turn {
  const { rows, observationSpace, actionSpace } = env;
  const observation = new Float32Array(rows * observationSpace.size);
  const maskAt = HEADER_BYTES + HEAD_BYTES + observation.byteLength;
  const frame = new Uint8Array(maskAt + rows * maskSize(actionSpace));
  const view = new DataView(frame.buffer);
  const inFrame = new Float32Array(frame.buffer, HEADER_BYTES + HEAD_BYTES, observation.length);
  const count = rows * actionSpace.size;
  const View = actionDtype(actionSpace) === "float32" ? Float32Array : Int32Array;
  let begins = true;
  return {
    decide(given) {
      flattenRows(observationSpace, given, rows, inFrame);
      const mask = env.actionMask();
      const length = mask === null ? maskAt : frame.length;
      if (mask !== null) frame.set(mask, maskAt);
      writeHeader(view, FRAME.question, 0, length - HEADER_BYTES);
      view.setUint32(HEADER_BYTES, (mask === null ? 0 : MASK) | (begins ? BEGINS : 0), true);
      begins = false;
      const answer = ask(frame.subarray(0, length));
      if (answer.length !== 4 * count) {
        throw new ServeError("protocol", `actions: ${count} numbers have ${4 * count} bytes, got ${answer.length}`);
      }
      return actionOf(env, new View(answer.bytes.buffer, HEADER_BYTES, count));
    },
    apply: (action) => env.step(action),
  };
}

/** The action of all rows as `Env.step` takes it; a copy, because the buffer of the answer is used again. */
function actionOf({ rows, actionSpace }: AnyEnv, numbers: Float32Array | Int32Array): unknown {
  if (rows === 1) return actionSpace.unflatten(numbers);
  const action = createRows(actionSpace, rows);
  action.set(numbers);
  return action;
}
