// Which plugins asked for what in a container that is being created: when it cannot be done, the log names them.
import type { ObservedCall, Observer } from "@nri/adaptation";
import {
  type CreateContainerRequest,
  type CreateContainerResponse,
  FIELD_NAMES,
  FIELD_READERS,
  FIELDS,
  isSet,
} from "@nri/protocol";
import { LIMITS } from "../limits.js";

/** Keeps the answers of the latest creations. */
export class Adjusters {
  // Calls, not texts: what nobody asks for is not looked into.
  readonly #calls = new Map<string, ObservedCall[]>();

  /** Sees the answers, beside whoever watches already. */
  observer(other: Observer = {}): Observer {
    return {
      ...other,
      call: (call) => {
        if (call.event === "createContainer" && call.outcome === "answered") this.#add(call);
        other.call?.(call);
      },
    };
  }

  /** `10-a (env, mount), 20-b (memory limit)` for a container; empty when nobody changed it. It is forgotten. */
  take(id: string): string {
    const calls = this.#calls.get(id) ?? [];
    this.#calls.delete(id);
    return calls
      .map(({ plugin, response }) => [plugin.name, fieldsOf(response as CreateContainerResponse)] as const)
      .filter(([, fields]) => fields !== "")
      .map(([name, fields]) => `${name} (${fields})`)
      .join(", ");
  }

  /** It was created. */
  forget(id: string): void {
    this.#calls.delete(id);
  }

  #add(call: ObservedCall): void {
    const id = (call.request as CreateContainerRequest).container?.id ?? "";
    const calls = this.#calls.get(id) ?? [];
    // At the end of the map: the oldest goes first.
    this.#calls.delete(id);
    this.#calls.set(id, [...calls, call]);
    if (this.#calls.size > LIMITS.common.maxAdjusters) this.#calls.delete(this.#calls.keys().next().value ?? "");
  }
}

function fieldsOf({ adjust }: CreateContainerResponse): string {
  if (adjust === undefined) return "";
  const set = FIELD_NAMES.filter((name) => isSet(FIELD_READERS[name].adjustment(adjust), FIELDS[name]));
  return set
    .map((name) => FIELDS[name])
    .map((row) => ("item" in row ? `${row.label} ${row.item}` : row.label))
    .join(", ");
}
