// What the shell script asks: six words, each ended by a zero byte, then the spec or the resources as they are.
//
//   "1" 0  engine 0  verb 0  root 0  bundle 0  id 0  payload...
import { LIFECYCLE, type RuntimeCall, type RuntimeVerb } from "../runtime-call.js";

/** The form that is understood; the script and the daemon may be of different releases. */
export const QUESTION_VERSION = "1";
const WORDS = 6;
const MAX_WORD_BYTES = 4096;

/** A call with its payload. */
export interface Question {
  readonly call: RuntimeCall;
  readonly payload: Uint8Array;
}

/** Reads a question. Throws for one that is cut off, of another version, or of a command that is none of ours. */
export function readQuestion(bytes: Uint8Array): Question {
  const words: string[] = [];
  let at = 0;
  while (words.length < WORDS) {
    const end = bytes.indexOf(0, at);
    if (end < 0 || end - at > MAX_WORD_BYTES)
      throw new Error(`the wrapper's question ends after ${words.length} words`);
    words.push(Buffer.from(bytes.subarray(at, end)).toString("utf8"));
    at = end + 1;
    if (words.length === 1 && words[0] !== QUESTION_VERSION)
      throw new Error(`the wrapper is of another version (${words[0]}): write it again with nri oci install`);
  }
  const [, engine = "", verb = "", root = "", bundle = "", id = ""] = words;
  return { call: { engine, verb: lifecycle(verb), root, bundle, id }, payload: bytes.subarray(at) };
}

/** The command, when it is one that the daemon is asked about. Throws otherwise. */
export function lifecycle(verb: string): RuntimeVerb {
  const found = LIFECYCLE.find((one) => one === verb);
  if (found === undefined)
    throw new Error(`the wrapper asks about "${verb}", which is none of ${LIFECYCLE.join(", ")}`);
  return found;
}

/** What the script says when the real runtime has ended: `done CODE PID`. Undefined for anything else. */
export function readDone(line: string): { readonly code: number; readonly pid: number } | undefined {
  const match = /^done (\d{1,3}) (\d{1,10})\n$/.exec(line);
  return match === null ? undefined : { code: Number(match[1]), pid: Number(match[2]) };
}
