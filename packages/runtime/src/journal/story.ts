// What is kept of a container: how it was asked for, what each plugin wanted, what came of it, and its later updates.
import type { CallResult } from "@nri/adaptation";
import type { EventName, FieldName } from "@nri/protocol";

/** Why a call, or the use of its answer, failed. */
export interface KeptError {
  /** For people. */
  readonly message: string;
  /** Of an `AdaptationError`. */
  readonly code?: string | undefined;
  /** Of a conflict: what both want. */
  readonly field?: string | undefined;
  /** Of a conflict: which entry. */
  readonly key?: string | undefined;
  /** Of a conflict: who claims, and who owns. */
  readonly plugins?: readonly string[] | undefined;
}

/** One call of one plugin. Numbers of parts name the messages. */
export interface KeptStep {
  /** `10-foo`. */
  readonly plugin: string;
  /** What it was asked. */
  readonly event: EventName;
  /** What came of it. */
  readonly outcome: CallResult;
  /** How long it took, in microseconds. */
  readonly micros: number;
  /** Fields that its adjustment sets. */
  readonly fields: readonly FieldName[];
  /** What it said as a validator. */
  readonly verdict?: { readonly rejected: boolean; readonly reason: string } | undefined;
  /** Why it failed. */
  readonly error?: KeptError | undefined;
  /** The request as it saw it. */
  readonly seen?: number | undefined;
  /** Its answer. */
  readonly answer?: number | undefined;
  /** What it owned then, as `OwningPlugins`. */
  readonly owners?: number | undefined;
}

/** How a creation ended. */
export type CreationOutcome =
  /** The OCI runtime was given another spec than the engine's. */
  | "adjusted"
  /** It was given the engine's spec. */
  | "unchanged"
  /** A plugin, a conflict, a verdict or the adjustment itself refused it. */
  | "refused"
  /** Plugins agreed, and it did not come to be. */
  | "failed";

/** The creation of a container. */
export interface CreationFacts {
  /** What entry it is. */
  readonly kind: "creation";
  /** Such as `containerd:default`. */
  readonly domain: string;
  /** Its id. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Id of its pod. */
  readonly podId: string;
  /** When, as ISO 8601. */
  readonly at: string;
  /** How it ended. */
  readonly outcome: CreationOutcome;
  /** Why it was refused, or failed. */
  readonly reason?: string | undefined;
  /** Fields that were asked for and had no effect, because nothing here knows what they stand for. */
  readonly ignored: readonly FieldName[];
  /** Calls of plugins, in order. */
  readonly steps: readonly KeptStep[];
  /** The spec as the engine gave it. */
  readonly original?: number | undefined;
  /** The one that the OCI runtime was given, when that is another. */
  readonly final?: number | undefined;
  /** What all plugins together wanted, as `CreateContainerResponse`. */
  readonly merged?: number | undefined;
}

/** An update of a container, later in its life. */
export interface UpdateFacts {
  /** What entry it is. */
  readonly kind: "update";
  /** When, as ISO 8601. */
  readonly at: string;
  /** The event, `Synchronize`, or `unsolicited`. */
  readonly request: string;
  /** Plugins that wanted it. Empty: its engine did. */
  readonly by: readonly string[];
  /** Whether the container has the new resources. */
  readonly outcome: "done" | "failed";
  /** Why it failed. */
  readonly text?: string | undefined;
  /** Plugins that were asked about an engine's update. */
  readonly steps: readonly KeptStep[];
  /** What plugins wanted, as `ContainerUpdate`. */
  readonly update?: number | undefined;
  /** The resources before, as `LinuxResources`. */
  readonly before?: number | undefined;
}

/** What an entry of a story says. */
export type StoryFacts = CreationFacts | UpdateFacts;
