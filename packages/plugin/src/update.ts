// Builder for updates of containers that exist already.
import { ContainerUpdate, type Init, type LinuxResources } from "@nri/protocol";
import { flag, name } from "./checks.js";
import type { Draft } from "./draft.js";
import { ResourcesBuilder } from "./resources.js";

/** Collects changes of one existing container; made by {@link update}. Every method returns the builder. */
export class UpdateBuilder extends ResourcesBuilder {
  readonly #draft: Draft<ContainerUpdate>;

  /** Use {@link update}. */
  constructor(containerId: string) {
    super();
    this.#draft = { containerId: name("container id", containerId) };
  }

  /** The Linux resources of the update, made on first use. */
  protected override resources(): Draft<LinuxResources> {
    this.#draft.linux ??= {};
    const linux = this.#draft.linux;
    linux.resources ??= {};
    return linux.resources;
  }

  /** Whether the request may succeed when this update conflicts with another plugin's or cannot be applied. */
  ignoreFailure(ignore = true): this {
    this.#draft.ignoreFailure = flag("ignoreFailure", ignore);
    return this;
  }

  /** What has been collected, ready to be encoded. Shares memory with the builder. */
  draft(): Init<ContainerUpdate> {
    return this.#draft;
  }

  /** What has been collected as a full message of its own. */
  build(): ContainerUpdate {
    return ContainerUpdate.create(this.#draft);
  }
}

/** Begins an update of the container `containerId` (the runtime's id, not the name). Refuses an empty id. */
export function update(containerId: string): UpdateBuilder {
  return new UpdateBuilder(containerId);
}
