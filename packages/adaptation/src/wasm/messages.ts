// What the runtime's thread and a module's thread tell each other.
//
//   runtime                                  module's thread
//     |-- start: bytes of the module, limits -->|   compiled, `_initialize`, checked
//     |<----------------------- loaded or ended-|
//     |-- call: number, name, request --------->|   one after the other
//     |<------------------------------- answer -|
//     |<---------------------------------- line-|   at any time
import type { LineLimits } from "../launching/output.js";
import type { LogLevel } from "../observer.js";
import type { ModuleLimits } from "./module.js";

/** The limits that hold in the module's thread. */
export type ThreadLimits = ModuleLimits & LineLimits;

/** With what the thread is started. */
export interface ThreadStart {
  readonly module: Uint8Array;
  readonly limits: ThreadLimits;
}

/** Asks the module. */
export interface ModuleCall {
  readonly id: number;
  /** RPC name. */
  readonly call: string;
  readonly request: Uint8Array;
}

/** Where a line comes from: an output of the program, or its call of the function `log`. */
export type LineSource =
  | { readonly stream: "stdout" | "stderr" }
  | { readonly stream: "log"; readonly level: LogLevel };

/** What the module's thread tells. */
export type FromThread =
  | { readonly what: "loaded" }
  | { readonly what: "answer"; readonly id: number; readonly answer: Uint8Array }
  /** `answered`: the plugin's own words; else the module has broken. */
  | { readonly what: "error"; readonly id: number; readonly text: string; readonly answered: boolean }
  | { readonly what: "line"; readonly source: LineSource; readonly line: string }
  /** It could not be loaded. */
  | { readonly what: "refused"; readonly text: string }
  /** It has ended itself. */
  | { readonly what: "exited"; readonly code: number };
