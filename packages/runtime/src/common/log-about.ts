// What lines of the log are about.
import type { LogFields } from "@nri/adaptation";

/** A line about a container. */
export function aboutContainer({ domain, id }: { readonly domain: string; readonly id: string }): LogFields {
  return { domain, container: id };
}
