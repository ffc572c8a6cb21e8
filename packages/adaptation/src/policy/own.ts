// What a plugin itself asks for should it not answer (`failure_policy` of its answer to Configure): what holds where no rule
// says otherwise.
import type { ConfigureResponse, Init } from "@nri/protocol";
import { AdaptationError, errorText } from "../errors.js";
import type { PluginInfo } from "../observer.js";
import type { Handling, LastResort } from "./handling.js";
import type { PluginFailurePolicy } from "./types.js";

/** The policy in an answer to Configure; undefined when there is none. */
export function ownPolicy({ failurePolicy }: Init<ConfigureResponse>): PluginFailurePolicy | undefined {
  return (
    failurePolicy && {
      failRequest: failurePolicy.failRequest === true,
      keepConnected: failurePolicy.keepConnected === true,
    }
  );
}

/** The plugin's own policy where it counts: it is about answers that do not come, and stands below the rules. */
export function ownSay(
  { failurePolicy }: Pick<PluginInfo, "failurePolicy">,
  { lastByRule }: Handling,
  kind: "failure" | "unusable" | "error",
): PluginFailurePolicy | undefined {
  return kind === "failure" && !lastByRule ? failurePolicy : undefined;
}

/** How a lack of an answer ends by the plugin's own policy. Only a plugin that is late can stay; a verdict cannot be waived. */
export function ownLast(own: PluginFailurePolicy, verdict: boolean, error: unknown): LastResort {
  const stays = own.keepConnected && error instanceof AdaptationError && error.code === "request-timeout";
  if (own.failRequest || verdict) {
    return stays ? "fail" : "refuse";
  }
  return stays ? "skip" : "drop";
}

/** The error of a request that fails because the plugin wants it to: the reference's text around that of the failure. */
export function failedRequest(error: unknown, plugin: string, request: string): unknown {
  return error instanceof AdaptationError
    ? new AdaptationError(error.code, `plugin ${plugin} failed to handle ${request} request: ${error.message}`, {
        plugin,
        request,
        cause: error,
      })
    : error;
}

/** The same failure in the words of the reference, which name the cause only. */
export function inReferenceWords(error: unknown, plugin: string, request: string): unknown {
  if (!(error instanceof AdaptationError)) {
    return error;
  }
  const text =
    error.code === "request-timeout"
      ? "context deadline exceeded"
      : error.code === "plugin-closed"
        ? "ttrpc: closed"
        : `protocol error: ${errorText(error)}`;
  return new AdaptationError(error.code, text, { plugin, request, cause: error });
}
