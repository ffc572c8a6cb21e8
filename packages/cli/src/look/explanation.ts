// The document of /v1/explain as it is used here: docs/control-api.md has all of it.
import type { Change } from "@nri/testing";
import type { FoundConflict } from "../changes/plugin-rows.js";

/** A change; its event by its name on the wire. */
export type ExplainedChange = Omit<Change, "event"> & { readonly event: string };

/** One call of one plugin. */
export interface ExplainedStep {
  readonly plugin: string;
  readonly event: string;
  readonly outcome: string;
  readonly adjustment?: object;
  readonly evictions?: readonly { readonly containerId?: string; readonly reason?: string }[];
  readonly conflict?: FoundConflict;
  readonly error?: string;
  readonly micros: number;
}

/** How a container came to be, or did not. */
export interface ExplainedCreation {
  readonly at: string;
  readonly outcome: "adjusted" | "unchanged" | "refused" | "failed";
  readonly reason?: string;
  readonly steps: readonly ExplainedStep[];
  readonly changes: readonly ExplainedChange[];
  readonly verdicts: readonly { readonly validator: string; readonly rejected: boolean; readonly reason: string }[];
  readonly notApplied: readonly { readonly field: string; readonly reason: string }[];
  readonly original: object | null;
  readonly spec: object | null;
}

/** A later update. */
export interface ExplainedUpdate {
  readonly at: string;
  readonly request: string;
  readonly by: readonly string[];
  readonly outcome: "done" | "failed";
  readonly error?: string;
  readonly steps: readonly ExplainedStep[];
  readonly changes: readonly ExplainedChange[];
}

/** The document. */
export interface Explanation {
  readonly domain: string;
  readonly id: string;
  readonly name: string;
  readonly pod: { readonly id: string; readonly name?: string; readonly namespace?: string };
  readonly state: string;
  readonly creation: ExplainedCreation | null;
  readonly updates: readonly ExplainedUpdate[];
}
