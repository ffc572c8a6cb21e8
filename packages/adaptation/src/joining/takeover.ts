// Whether a newer instance of a plugin may take the place of the one that is there.
import type { PluginRecord } from "../plugin-record.js";
import type { PolicyBook } from "../policy/index.js";

/** Whether the plugin asks to take over, a rule says that it does, or it was started to replace this one. */
export function takeoverAllowed(record: PluginRecord, holder: PluginRecord, policies: PolicyBook | undefined): boolean {
  return record.asksToTakeOver || record.succeeds === holder || policies?.of(record).takeover === true;
}
