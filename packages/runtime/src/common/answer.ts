// What the wrapper is told.

import { errorText } from "../error-text.js";
import type { Answer, Lease, RuntimeResult } from "../lease.js";
import type { Common } from "./common.js";
import { aboutContainer } from "./log-about.js";
import { pluginOf, refusalText, type Subject } from "./refusal.js";

/** The real runtime is called with everything as it is. */
export async function pass({ step }: Common, lease: Lease): Promise<void> {
  await step("answerPass", () => lease.answer({ kind: "pass" }));
}

/** The call fails, with the reason for its user and in the log. */
export async function refuse(
  { step, journal, log }: Common,
  lease: Lease,
  event: string,
  subject: Subject,
  error: unknown,
): Promise<void> {
  const text = refusalText(event, subject, error);
  const late = lease.signal.aborted ? `: nobody waits for it any more (${errorText(lease.signal.reason)})` : "";
  log.warn(text + late, { ...aboutContainer(subject), request: event, plugin: pluginOf(error) });
  journal.refused(event, subject, text);
  await step("answerRefuse", () => lease.answer({ kind: "refuse", text }));
}

/**
 * The real runtime is called: with these bytes, or with everything as it is. Gives, once the wrapper is told, what comes of
 * it: undefined when the wrapper is lost meanwhile.
 */
export async function proceed(
  { step }: Common,
  lease: Lease,
  payload?: Uint8Array,
): Promise<{ readonly result: Promise<RuntimeResult | undefined> }> {
  const answer: Answer = payload === undefined ? { kind: "follow" } : { kind: "replace", payload };
  // In an object: nobody waits for the runtime in this step.
  const told = await step("answerProceed", () => ({ result: lease.answer(answer) }));
  return { result: step("awaitRuntime", () => told.result) };
}
