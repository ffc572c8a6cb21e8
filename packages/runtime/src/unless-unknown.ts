// What is asked about a container beside a call of the OCI runtime, which must not fail for it.
import type { Logger } from "@nri/adaptation";
import { errorText } from "./error-text.js";

/** About which container. */
export interface AskedAbout {
  readonly domain: string;
  readonly id: string;
  readonly log: Logger | undefined;
}

/** The answer; undefined when it is not to be had, with a line in the log, unless nobody wonders at such an error. */
export async function unlessUnknown<T>(
  { domain, id, log }: AskedAbout,
  ask: () => Promise<T>,
  isNoWonder: (error: unknown) => boolean = () => false,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isNoWonder(error))
      log?.warn(`container "${id}" in domain "${domain}" is not known fully: ${errorText(error)}`);
    return undefined;
  }
}
