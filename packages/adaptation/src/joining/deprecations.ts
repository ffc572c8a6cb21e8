// What works, and should not be relied on: told once per plugin and event.
import type { PluginInfo } from "../observer.js";

/**
 * What kind of old habit it is:
 * `state-change`: the plugin has no dedicated call for an event, and gets it as StateChange;
 * `unimplemented-event`: it is subscribed to everything (mask 0), has no call for an event, and gets it no more.
 */
export type DeprecationKind = "state-change" | "unimplemented-event";

/** One old habit of one plugin. */
export interface DeprecationWarning {
  /** What kind of old habit it is. */
  readonly kind: DeprecationKind;
  /** Whose. */
  readonly plugin: PluginInfo;
  /** What it is, without the plugin's name. */
  readonly text: string;
}

/** Takes deprecations, beside the log. Called synchronously: be quick. What it throws is logged once. */
export type DeprecationRecorder = (warning: DeprecationWarning) => void;
