// What the flows of the common part share.
import type { Logger } from "@nri/adaptation";
import type { ApplyOptions } from "@nri/oci";
import type { Engine } from "../domain.js";
import type { Journal } from "../journal/journal.js";
import type { Changes } from "./changes.js";
import type { KeyQueue } from "./key-queue.js";
import type { Known } from "./known.js";
import type { OwnUpdates } from "./own-updates.js";
import type { Plugins } from "./plugins.js";
import type { StepRunner } from "./steps.js";

/** The parts that a flow works with. */
export interface Common {
  readonly engines: readonly Engine[];
  readonly step: StepRunner;
  readonly known: Known;
  readonly plugins: Plugins;
  readonly changes: Changes;
  readonly journal: Journal;
  readonly ownUpdates: OwnUpdates;
  readonly queue: KeyQueue;
  readonly apply: ApplyOptions;
  readonly log: Logger;
  /** Aborted when all ends. */
  readonly ending: AbortSignal;
}
