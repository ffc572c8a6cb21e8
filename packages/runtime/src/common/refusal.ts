// Why an operation is refused, in the words that its user reads in the engine's own error.
import { AdaptationError } from "@nri/adaptation";
import { errorText } from "../error-text.js";

/** What is refused. */
export interface Subject {
  readonly domain: string;
  readonly id: string;
  /** Its name; empty when it has none. */
  readonly name: string;
}

/** `NRI CreateContainer of "web" (containerd:default/web1): plugin "10-x": ...`. */
export function refusalText(event: string, { domain, id, name }: Subject, error: unknown): string {
  const plugin = pluginOf(error);
  const text = errorText(error);
  const who = plugin === undefined || text.includes(plugin) ? "" : `plugin "${plugin}": `;
  const what = name === "" || name === id ? `${domain}/${id}` : `${JSON.stringify(name)} (${domain}/${id})`;
  return `NRI ${event} of ${what}: ${who}${text}`;
}

/** The plugin that an error is about. */
export function pluginOf(error: unknown): string | undefined {
  return error instanceof AdaptationError ? error.plugin : undefined;
}
