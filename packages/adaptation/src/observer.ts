// What the application may watch: plugins coming and going, every call, their output, warnings.
import type { ContainerEviction, ContainerUpdate, EventName, OwningPlugins } from "@nri/protocol";
import type { PluginFailurePolicy } from "./policy/types.js";

/** How a plugin came to be: started by us, connected to the socket, part of the runtime's own program, or a WebAssembly module. */
export type PluginKind = "launched" | "external" | "builtin" | "wasm";

/**
 * Where a plugin is in its life:
 * `connecting` (started or accepted) -> `registered` -> `configured` -> `synchronizing` -> `active` -> `closed`,
 * and from each of them straight to `closed`.
 */
export type PluginState = "connecting" | "registered" | "configured" | "synchronizing" | "active" | "closed";

/** How a plugin's program ended. */
export interface PluginExit {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  /** Name of the signal that ended it; null when it exited. */
  readonly signal: string | null;
}

/** One plugin. The object lives as long as the plugin and shows its present state; copy what must not change. */
export interface PluginInfo {
  /** Number in order of arrival, unique in this adaptation. */
  readonly id: number;
  /** How it came to be. */
  readonly kind: PluginKind;
  /** Two digits; empty until an external plugin has registered. */
  readonly index: string;
  /** Name without the index; empty until an external plugin has registered. */
  readonly base: string;
  /** Display name `<index>-<base>`, as in conflict texts and owners. */
  readonly name: string;
  /** Where it is in its life. */
  readonly state: PluginState;
  /** Event bits it is subscribed to; 0 until it is configured. */
  readonly events: number;
  /** NRI version it registered with; empty when it told none. */
  readonly NRIVersion: string;
  /** What it asked for with its configuration, should it not answer; undefined when it asked for nothing. */
  readonly failurePolicy: PluginFailurePolicy | undefined;
  /** Answers that came after their call was given up; they are discarded. */
  readonly lateAnswers: number;
  /** Calls that were given up and are not answered to this day; more than `maxLateCalls` cost the plugin its place. */
  readonly unansweredCalls: number;
  /** Process id of a launched plugin. */
  readonly pid: number | undefined;
  /** Why it is closed; undefined while it is not, or when it was stopped in order. */
  readonly reason: Error | undefined;
  /** How the program of a launched plugin, or a module, ended; undefined while it runs, and for a module that did not end itself. */
  readonly exit: PluginExit | undefined;
  /** How often this plugin was started before, because it crashed (option `restart`); 0 for all others. */
  readonly restarts: number;
  /** The end of what a launched plugin or a module printed on stderr (bounded by `maxOutputTailBytes`). */
  readonly stderr: string;
}

/** What a plugin was asked: an event, or to take in the state of the runtime. */
export type ObservedRequest = EventName | "synchronize";

/**
 * What came of a call: `answered`, and the answer was used; `failed`, and the request with it; or, by the failure policy,
 * `retried`, `skipped` (the request went on without this plugin), `dropped` (the same, and the plugin was closed).
 */
export type CallResult = "answered" | "failed" | "retried" | "skipped" | "dropped";

/** One finished call to one plugin. */
export interface ObservedCall {
  /** Who was asked. */
  readonly plugin: PluginInfo;
  /** What it was asked. */
  readonly event: ObservedRequest;
  /** Number of the runtime's request that this call belongs to; the same for all plugins that were asked. 0 outside of requests. */
  readonly sequence: number;
  /** What the runtime gave with its request (`RequestOptions.context`). */
  readonly context: unknown;
  /** The request as this plugin saw it, encoded: read only, and the same bytes for all that saw the same. Undefined for `synchronize`. */
  readonly payload: Uint8Array | undefined;
  /** The request as this plugin saw it; decoded on first use. Undefined for `synchronize`. */
  readonly request: unknown;
  /** The plugin's answer; undefined when it failed. An answer without content is decoded into an empty message on first use. */
  readonly response: unknown;
  /** Updates, when the answer held some. */
  readonly updates: readonly ContainerUpdate[];
  /** Evictions, when the answer held some. */
  readonly evictions: readonly ContainerEviction[];
  /** What this plugin owns in the result so far, by container id. Only for events that are answered with changes. */
  readonly owners: OwningPlugins | undefined;
  /** Why the call, or the use of its answer (a conflict), failed. */
  readonly error: Error | undefined;
  /** What came of it. */
  readonly outcome: CallResult;
  /** 1, and more when the plugin was asked again for the same request. */
  readonly attempt: number;
  /** From the call to its answer, in microseconds. */
  readonly micros: number;
}

/** How loud a log line is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line that a launched plugin or a module printed. */
export interface PluginOutput {
  /** Who printed it. */
  readonly plugin: PluginInfo;
  /** Where to; `log` is the function that a module calls. */
  readonly stream: "stdout" | "stderr" | "log";
  /** Only of `log`. */
  readonly level?: LogLevel;
  /** Without its line end; cut off at `maxOutputLineBytes`. */
  readonly line: string;
}

/** Something that went wrong without failing a request. */
export interface AdaptationWarning {
  /** Whom it is about. */
  readonly plugin: PluginInfo | undefined;
  /** What happened. */
  readonly text: string;
  /** Why, when an error is behind it. */
  readonly error: Error | undefined;
}

/**
 * Watches an adaptation; every method may be left out. Called synchronously: be quick. What it throws is logged, the first
 * time, and changes nothing.
 */
export interface Observer {
  /** After each call to a plugin. Costs two clock readings and an object per call. */
  call?(call: ObservedCall): void;
  /** For each line that a launched plugin or a module prints. */
  output?(output: PluginOutput): void;
  /** At the beginning and after each change of a plugin's state, and once more when its program has ended. */
  pluginState?(plugin: PluginInfo, state: PluginState): void;
  /** For each warning. */
  warning?(warning: AdaptationWarning): void;
}

/** What a log line is about, where it is known: `plugin`, `request`, and whatever else whoever logs knows. */
export type LogFields = { readonly [name: string]: string | undefined };

/** Takes log lines, in the words of the reference where it has some. */
export interface Logger {
  /** For those who look for a mistake. */
  debug(text: string, about?: LogFields): void;
  /** What happens in order, and the output of launched plugins. */
  info(text: string, about?: LogFields): void;
  /** What went wrong for one plugin. */
  warn(text: string, about?: LogFields): void;
  /** What somebody should look at. */
  error(text: string, about?: LogFields): void;
}
