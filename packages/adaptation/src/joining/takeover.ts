// Whether a newer instance of a plugin may take the place of the one that is there.
import type { PluginRecord } from "../plugin-record.js";
import type { PolicyBook } from "../policy/index.js";

/** Whether the plugin asks to take over, or a rule says that it does. */
export function takeoverAllowed(record: PluginRecord, policies: PolicyBook | undefined): boolean {
  return record.asksToTakeOver || policies?.of(record).takeover === true;
}
