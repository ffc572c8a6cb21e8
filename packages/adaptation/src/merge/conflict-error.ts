// What a collector refuses: two plugins that want the same thing, and updates of a container that does not exist yet.
import { type Conflict, conflictText, quote } from "@nri/protocol";
import { AdaptationError } from "../errors.js";

/** Two plugins set the same thing of one container; the text is the reference's. */
export class ConflictError extends AdaptationError {
  /** Whose field it is. */
  readonly containerId: string;

  constructor(containerId: string, conflict: Conflict, request: string) {
    const { field, key, plugins } = conflict;
    super("conflict", conflictText(conflict), { plugin: plugins[0], request, field, key, plugins });
    this.containerId = containerId;
  }
}

/** A plugin answered the creation of a container with an update of that very container. */
export function updateDuringCreation(plugin: string, containerId: string): AdaptationError {
  const text = `plugin ${quote(plugin)} asked update of ${quote(containerId)} during creation`;
  return new AdaptationError("update-during-creation", text, { plugin, request: "CreateContainer" });
}
