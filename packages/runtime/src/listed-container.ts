// A container of a list. There may be thousands, of which most are known already: each is kept encoded, and read when asked for.
import { Container } from "@nri/protocol";
import type { EngineContainer } from "./domain.js";

/** One of them. */
export class ListedContainer implements EngineContainer {
  readonly podId: string;
  readonly #bytes: Uint8Array;

  constructor(container: Container, podId: string) {
    this.podId = podId;
    this.#bytes = Container.encode(container);
  }

  get container(): Container {
    return Container.decode(this.#bytes);
  }
}
