// From what a handler returned to the bytes of the response. Strict, so that a misspelt answer is not silently lost.
import type { Init, MessageType } from "@nri/protocol";
import { AdjustmentBuilder } from "./adjustment.js";
import { errorText, PluginError } from "./errors.js";
import type { AdjustmentInput } from "./handlers.js";
import { UpdateBuilder } from "./update.js";
import type { UpdateInput } from "./update-options.js";

/** Encoding of a message without content; never written to. */
const EMPTY = new Uint8Array(0);

/** The parts an answer can have, in the names that plugin authors use. */
interface Parts {
  adjust?: AdjustmentInput;
  updates?: readonly UpdateInput[];
  evict?: readonly unknown[];
}
type Part = keyof Parts;

/** Wire message of an adjustment given either way. */
function adjustmentMessage(input: AdjustmentInput) {
  return input instanceof AdjustmentBuilder ? input.draft() : input;
}

/** Wire messages of updates given either way. */
export function updateMessages(inputs: readonly UpdateInput[]) {
  return inputs.map((input) => (input instanceof UpdateBuilder ? input.draft() : input));
}

/** Response of a call that has nothing to say. */
export function emptyAnswer(): Uint8Array {
  return EMPTY;
}

/** Encodes what the handler of request `request` returned. Throws code `invalid-answer` for anything but `allowed` parts. */
export function encodeAnswer<Response>(
  request: string,
  allowed: readonly Part[],
  response: MessageType<Response>,
  answer: unknown,
): Uint8Array {
  if (answer === undefined || answer === null) return EMPTY;
  if (typeof answer !== "object") return ignoredOrRefused(request, allowed, answer);
  if (answer instanceof AdjustmentBuilder || answer instanceof UpdateBuilder) {
    throw new PluginError(
      "invalid-answer",
      `${request} handler returned a bare builder, return { adjust } or { updates }`,
    );
  }
  const parts = checkedParts(request, allowed, answer);
  if (parts === undefined) return EMPTY;
  const message = {
    adjust: parts.adjust === undefined ? undefined : adjustmentMessage(parts.adjust),
    update: parts.updates === undefined ? undefined : updateMessages(parts.updates),
    evict: parts.evict,
  };
  return response.encode(message as unknown as Init<Response>);
}

/** The response to a validation: what the handler returned is a reason; anything unclear rejects. */
export function verdict(answer: unknown): { reject: boolean; reason: string } {
  if (answer === undefined || answer === null) return { reject: false, reason: "" };
  if (typeof answer === "string") return { reject: true, reason: answer };
  return { reject: true, reason: `validation handler returned ${typeof answer}, expected a reason or undefined` };
}

/** The response to a validation whose handler threw. */
export function rejection(error: unknown): { reject: boolean; reason: string } {
  return { reject: true, reason: errorText(error) };
}

/** `startContainer: () => count++` is harmless, `createContainer: () => true` is a mistake. */
function ignoredOrRefused(request: string, allowed: readonly Part[], answer: unknown): Uint8Array {
  if (allowed.length === 0) return EMPTY;
  const list = allowed.join(", ");
  throw new PluginError(
    "invalid-answer",
    `${request} handler returned ${typeof answer}, expected an object of ${list}`,
  );
}

const ALL_PARTS: readonly string[] = ["adjust", "update", "updates", "evict"] satisfies readonly (Part | "update")[];

function checkedParts(request: string, allowed: readonly Part[], answer: object): Parts | undefined {
  for (const key of Object.keys(answer)) {
    if ((allowed as readonly string[]).includes(key)) continue;
    if (allowed.length === 0 && !ALL_PARTS.includes(key)) continue;
    const list = allowed.length === 0 ? "nothing" : `only ${allowed.join(", ")}`;
    throw new PluginError(
      "invalid-answer",
      `${request} handler returned ${JSON.stringify(key)}, it can answer ${list}`,
    );
  }
  if (allowed.length === 0) return undefined;
  const parts: Parts = answer;
  for (const key of ["updates", "evict"] as const) {
    if (parts[key] !== undefined && !Array.isArray(parts[key])) {
      throw new PluginError("invalid-answer", `${request} handler returned ${key} that is not a list`);
    }
  }
  return parts;
}
