// Configure, for plugins outside of this program: what they are told, and what follows from their answer.
import { ConfigureRequest, ConfigureResponse, VALID_EVENTS } from "@nri/protocol";
import { decodeAnswer } from "./decode-answer.js";
import { AdaptationError, asError } from "./errors.js";
import type { Compat } from "./merge/index.js";
import type { PluginRecord } from "./plugin-record.js";
import { ownPolicy } from "./policy/index.js";

/** What configuring needs of the adaptation. */
export interface ConfiguringHost {
  readonly runtime: { readonly name: string; readonly version: string };
  readonly NRIVersion: string;
  readonly compat: Compat;
  readonly registrationTimeoutMs: number;
  /** Deadline of a call to this plugin. */
  readonly timeoutFor: (plugin: PluginRecord, call: "configure" | "synchronize" | "shutdown") => number;
  /** The request time-out that Configure tells the plugin. */
  readonly announcedTimeout: (plugin: PluginRecord) => number;
  readonly warn: (text: string, plugin: PluginRecord) => void;
}

/** What is known of a plugin that is configured. */
export interface Configured {
  /** It answered with no events: it is subscribed to everything, without having named anything. */
  readonly askedForNothing: boolean;
}

/** Hands its configuration to a plugin, and notes what it wants to see. Throws what is wrong; the plugin is to be closed then. */
export async function configurePlugin(
  host: ConfiguringHost,
  record: PluginRecord,
  config: string,
  call: (payload: Uint8Array, timeoutMs: number) => Promise<Uint8Array>,
): Promise<Configured> {
  const { runtime, NRIVersion, registrationTimeoutMs, compat } = host;
  const request = ConfigureRequest.encode({
    config,
    runtimeName: runtime.name,
    runtimeVersion: runtime.version,
    registrationTimeout: BigInt(registrationTimeoutMs),
    requestTimeout: BigInt(host.announcedTimeout(record)),
    NRIVersion,
  });
  const plugin = record.name;
  let payload: Uint8Array;
  try {
    payload = await call(request, host.timeoutFor(record, "configure"));
  } catch (error) {
    if (!(error instanceof AdaptationError) || error.code !== "request-failed") {
      throw asError(error);
    }
    const text = `failed to configure plugin "${plugin}": ${error.message}`;
    throw new AdaptationError("configure-failed", text, { plugin, request: "Configure", cause: error.cause });
  }
  const response = decodeAnswer(record, "Configure", ConfigureResponse, payload);
  let events = response.events >>> 0;
  const unknown = (events & ~VALID_EVENTS) >>> 0;
  const askedForNothing = events === 0;
  if (unknown !== 0) {
    const text = `invalid plugin events: 0x${unknown.toString(16)}`;
    if (compat === "reference") {
      throw new AdaptationError("invalid-events", text, { plugin, request: "Configure" });
    }
    host.warn(`plugin "${plugin}": ${text}, ignored`, record);
    events &= VALID_EVENTS;
  } else if (askedForNothing) {
    events = VALID_EVENTS;
  }
  record.events = events;
  record.failurePolicy = ownPolicy(response);
  record.to("configured");
  return { askedForNothing };
}
