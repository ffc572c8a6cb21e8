// Validation of a creation: every validator is asked at the same time, one "no" or one failure is enough (spec: adaptation 7).
import {
  type CreateContainerRequest,
  type CreateContainerResponse,
  EVENTS,
  type Init,
  type PluginInstance,
  type ValidateContainerAdjustmentResponse,
} from "@nri/protocol";
import { type Asked, type AskHost, ask, type Question } from "./ask.js";
import type { Collector } from "./collect.js";
import { AdaptationError, errorText } from "./errors.js";
import { type PluginPeer, RelayedRequest } from "./peer.js";
import type { Unanswered } from "./policy/index.js";

const ROW = EVENTS.validateContainerAdjustment;

/** The plugins that are asked for a verdict. */
export function validatorsAmong(plugins: readonly PluginPeer[]): readonly PluginPeer[] {
  return plugins.filter(({ record }) => (record.events & ROW.mask) !== 0 && record.state === "active");
}

/** What a validation is about. */
export interface Validation {
  readonly validators: readonly PluginPeer[];
  readonly collector: Collector;
  /** All that are active, in the order in which they are asked, validators included. */
  readonly plugins: readonly PluginPeer[];
  /** Those that did not answer the request that is validated. */
  readonly unanswered: Unanswered | undefined;
  readonly sequence: number;
  readonly signal: AbortSignal | undefined;
  /** That of the request. */
  readonly context: unknown;
}

/**
 * Asks all validators at once and waits for all answers. Throws the first objection to arrive: `validator-rejected` with
 * the validator's reason, or `validator-failed` when one did not answer (unlike for other events this is an error; a
 * validator that is lost is closed as well). A policy that names this event may excuse one: gives those, and why.
 *
 * They judge the container as it was before the first plugin was asked, and what was collected.
 */
export async function validate(
  host: AskHost,
  { validators, collector, plugins, unanswered, sequence, signal, context }: Validation,
): Promise<readonly (readonly [PluginPeer, Asked])[]> {
  const { pod, container: effective = {} } = collector.request as Init<CreateContainerRequest>;
  const { adjust, update } = collector.result() as CreateContainerResponse;
  const answered = plugins.filter((plugin) => !unanswered?.has(plugin)).map(({ record }) => record.name);
  const request = new RelayedRequest(
    ROW,
    {
      pod,
      container: collector.original?.container,
      adjust,
      update,
      owners: collector.owners,
      plugins: plugins.map(({ record }): PluginInstance => ({ name: record.base, index: record.index })),
    },
    sequence,
    { validation: { effective, answered }, context },
  );
  const question: Question = {
    event: "validateContainerAdjustment",
    request,
    signal,
    use: throwRejection,
    ownersBy: undefined,
  };
  let objection: AdaptationError | undefined;
  const excused: [PluginPeer, Asked][] = [];
  await Promise.all(
    validators.map(async (validator) => {
      try {
        const asked = await ask(host, validator, question);
        if (asked !== undefined) {
          excused.push([validator, asked]);
        }
      } catch (error) {
        objection ??= objectionOf(error, validator.record.name);
      }
    }),
  );
  if (objection !== undefined) {
    throw objection;
  }
  return excused;
}

function throwRejection(plugin: string, response: object | undefined): void {
  const { reject = false, reason = "" } = (response ?? {}) as Partial<ValidateContainerAdjustmentResponse>;
  if (reject) {
    const why = reason || "unknown rejection reason";
    throw new AdaptationError(
      "validator-rejected",
      `validator "${plugin}" rejected container adjustment, reason: ${why}`,
      { plugin, request: ROW.name },
    );
  }
}

function objectionOf(error: unknown, plugin: string): AdaptationError {
  if (error instanceof AdaptationError && error.code === "validator-rejected") {
    return error;
  }
  return new AdaptationError("validator-failed", `validator plugin ${plugin} failed: ${errorText(error)}`, {
    plugin,
    request: ROW.name,
    cause: error,
  });
}
