// What a plugin answered, as a message.
import { AdaptationError, errorText } from "./errors.js";
import type { PluginInfo } from "./observer.js";

/** Decodes the answer to a request. Throws `invalid-response`, naming plugin and request. */
export function decodeAnswer<T>(
  { name: plugin }: PluginInfo,
  request: string,
  type: { decode(bytes: Uint8Array): T },
  payload: Uint8Array,
): T {
  try {
    return type.decode(payload);
  } catch (error) {
    const text = `plugin "${plugin}": the answer to ${request} cannot be decoded: ${errorText(error)}`;
    throw new AdaptationError("invalid-response", text, { plugin, request, cause: error });
  }
}
