// Who is who: one live plugin for each index and name, and at most one that is about to take its place.
import { StatusCode, StatusError } from "@nri/ttrpc";
import type { PluginPeer } from "../peer.js";
import type { PluginRecord } from "../plugin-record.js";

interface Holder {
  readonly peer: PluginPeer;
  successor: PluginPeer | undefined;
}

/** What `Identities` is made with. */
export interface IdentitiesOptions {
  /** Whether a live plugin of the runtime's own program has this name: nobody takes its place. */
  readonly isBuiltin: (name: string) => boolean;
  /** How long the one that is there may take to be found gone before a newcomer is refused. */
  readonly graceMs: number;
  readonly mayTakeOver: (record: PluginRecord, holder: PluginRecord) => boolean;
}

/** The names that are taken. */
export class Identities {
  readonly #options: IdentitiesOptions;
  readonly #holders = new Map<string, Holder>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(options: IdentitiesOptions) {
    this.#options = options;
  }

  /**
   * Takes the name of `peer`'s record for it, or the place of its successor. When the name is taken, a while is waited for
   * its holder to go: a plugin that was restarted may be heard of before the end of its last connection is. Throws
   * AlreadyExists.
   */
  claim(peer: PluginPeer): Promise<void> | undefined {
    const refusal = this.#try(peer);
    return refusal === undefined ? undefined : this.#claimLate(peer, refusal);
  }

  /** Whom a plugin is going to replace, if that one is still there. */
  replacedBy(peer: PluginPeer): PluginPeer | undefined {
    const holder = this.#holders.get(peer.record.name);
    return holder?.successor === peer ? holder.peer : undefined;
  }

  /** `peer` has taken the place of the one it replaces. */
  swapped(peer: PluginPeer): void {
    this.#holders.set(peer.record.name, { peer, successor: undefined });
  }

  /** A plugin is gone: its successor has the name, or nobody. */
  release(peer: PluginPeer): void {
    const { name } = peer.record;
    const holder = this.#holders.get(name);
    if (holder?.successor === peer) {
      holder.successor = undefined;
    } else if (holder?.peer === peer) {
      if (holder.successor === undefined) {
        this.#holders.delete(name);
      } else {
        this.#holders.set(name, { peer: holder.successor, successor: undefined });
      }
    } else {
      return;
    }
    for (const look of this.#waiting.get(name) ?? []) {
      look();
    }
  }

  #try(peer: PluginPeer): StatusError | undefined {
    const { record } = peer;
    const { isBuiltin, mayTakeOver } = this.#options;
    const holder = this.#holders.get(record.name);
    const refused = (why: string): StatusError =>
      new StatusError(StatusCode.ALREADY_EXISTS, `plugin "${record.name}" is registered already (${why})`);
    if (holder === undefined) {
      if (isBuiltin(record.name)) {
        return refused("as a part of the runtime");
      }
      this.#holders.set(record.name, { peer, successor: undefined });
      return undefined;
    }
    if (!mayTakeOver(record, holder.peer.record)) {
      return refused(`another instance is ${holder.peer.record.state}, and this one does not ask to take over`);
    }
    if (holder.successor !== undefined) {
      return refused("another instance is taking over at this moment");
    }
    if (holder.peer.record.state !== "active") {
      return refused(`another instance is still ${holder.peer.record.state}`);
    }
    holder.successor = peer;
    return undefined;
  }

  async #claimLate(peer: PluginPeer, refusal: StatusError): Promise<void> {
    const { name } = peer.record;
    const lookers = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, lookers);
    let last: StatusError | undefined = refusal;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        lookers.delete(look);
        resolve();
      };
      const look = (): void => {
        last = peer.record.state === "closed" ? refusal : this.#try(peer);
        if (last === undefined) {
          finish();
        }
      };
      const timer = setTimeout(finish, this.#options.graceMs);
      lookers.add(look);
    });
    if (lookers.size === 0 && this.#waiting.get(name) === lookers) {
      this.#waiting.delete(name);
    }
    if (last !== undefined) {
      throw last;
    }
  }
}
