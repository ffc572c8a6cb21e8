// Validation of a creation: every validator is asked at the same time, one "no" or one failure is enough (spec: adaptation 7).
import {
  type CreateContainerRequest,
  type CreateContainerResponse,
  EVENTS,
  type Init,
  type PluginInstance,
  type ValidateContainerAdjustmentResponse,
} from "@nri/protocol";
import type { Collector } from "./collect.js";
import { AdaptationError, asError, errorText } from "./errors.js";
import { isFatal } from "./failure.js";
import { type CallOutcome, observeCall } from "./observe.js";
import type { Logger, Observer } from "./observer.js";
import { type PluginPeer, RelayedRequest } from "./peer.js";

const ROW = EVENTS.validateContainerAdjustment;

/** The plugins that are asked for a verdict. */
export function validatorsAmong(plugins: readonly PluginPeer[]): readonly PluginPeer[] {
  return plugins.filter(({ record }) => (record.events & ROW.mask) !== 0 && record.state === "active");
}

/**
 * Asks all validators at once and waits for all answers. Throws the first objection to arrive: `validator-rejected` with
 * the validator's reason, or `validator-failed` when one did not answer (unlike for other events this is an error; a
 * validator that is lost is closed as well).
 *
 * They judge the container as it was before the first plugin was asked, and what was collected. `plugins` are all that are
 * active, in the order in which they are asked, validators included.
 */
export async function validate(
  validators: readonly PluginPeer[],
  collector: Collector,
  plugins: readonly PluginPeer[],
  sequence: number,
  { observer, log }: { readonly observer: Observer; readonly log: Logger },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { pod } = collector.request as Init<CreateContainerRequest>;
  const { adjust, update } = collector.result() as CreateContainerResponse;
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
  );
  let objection: AdaptationError | undefined;
  await Promise.all(
    validators.map(async (validator) => {
      const outcome: CallOutcome = { started: performance.now(), payload: request.payload };
      const { name } = validator.record;
      try {
        const response = (await validator.request(request, signal)) as ValidateContainerAdjustmentResponse | undefined;
        outcome.ended = performance.now();
        outcome.response = response;
        if (response?.reject) {
          const reason = response.reason || "unknown rejection reason";
          throw new AdaptationError(
            "validator-rejected",
            `validator "${name}" rejected container adjustment, reason: ${reason}`,
            { plugin: name, request: ROW.name },
          );
        }
      } catch (error) {
        outcome.error = asError(error);
        objection ??= objectionOf(error, name);
        if (isFatal(error)) {
          log.warn(`closing plugin ${name}, failed to handle ${ROW.name} request: ${errorText(error)}`);
          validator.close(error);
        }
      }
      observeCall(observer, "validateContainerAdjustment", validator.record, request, outcome, undefined);
    }),
  );
  if (objection !== undefined) {
    throw objection;
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
