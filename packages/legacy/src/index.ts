/**
 * NRI v0.1.0, both ways. It is a scheme of its own, older than all others: for each event each configured program is run
 * once, with a request as JSON on stdin, and answers with JSON on stdout. `createClient` calls such programs, `runPlugin` is
 * all that such a program needs.
 *
 * @packageDocumentation
 */
export { type Client, type ClientOptions, createClient, type InvokeOptions } from "./client.js";
export { DEFAULT_CONF_DIR, DEFAULT_CONF_PATH } from "./configuration.js";
export { LegacyError, type LegacyErrorCode } from "./errors.js";
export { DEFAULT_LEGACY_LIMITS, type LegacyLimits } from "./limits.js";
export { DEFAULT_BIN_DIR } from "./program.js";
export type { Sandbox, Task } from "./request.js";
export { type Answer, type Handler, type LegacyPlugin, type PluginStreams, runPlugin } from "./skel.js";
export { isSandbox, type LegacyRequest, type LegacyResult, type RequestSpec, STATES, type State } from "./types.js";
