// Measuring: to come with the next change.
import { type Host, UsageError } from "../../host.js";
import type { RuntimeFlags } from "../options.js";

/** Refuses. */
export async function bench(_flags: RuntimeFlags, _host: Host): Promise<number> {
  throw new UsageError("--bench cannot be used yet");
}
