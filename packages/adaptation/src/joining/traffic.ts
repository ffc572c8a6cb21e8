// What is on its way through the relay, and who must hear of it: the plugins that are asked, and those on their way in.
//
//   announce -> (its turn) -> arrive -> begin -> end
//
// A joiner is attached at one moment. What ended before is in the state that it was handed; what begins afterwards is queued
// for it, or waits for it; what is between the two at that moment corrects its state, or is queued as well.
import type { EventRow, Init } from "@nri/protocol";
import { unlessAborted } from "../caller-signal.js";
import type { PluginPeer, RelayedRequest } from "../peer.js";
import { isAbout } from "../policy/index.js";
import type { Roster } from "../roster.js";
import type { Joiner } from "./joiner.js";
import { type Change, changeBy, changesState, notYet } from "./snapshot.js";

/** One request of the runtime, from its call to its end. */
export class Ticket {
  readonly row: EventRow;
  /** As the runtime made it. */
  readonly message: Init<unknown>;
  /** What became of it; undefined until its end. */
  succeeded: boolean | undefined;
  /** Joiners that hear of it as of one that comes after their state. Undefined before its turn. */
  concerned: Set<Joiner> | undefined;
  /** Until when more joiners may make it wait. */
  patienceEnd = 0;
  /** Set while plugins are asked. */
  sequence: number | undefined;
  request: RelayedRequest | undefined;
  /** Plugins that were lost and are waited for: who comes back is asked this request. */
  awaits: Set<string> | undefined;
  readonly #lookers: (() => void)[] = [];

  constructor(row: EventRow, message: Init<unknown>) {
    this.row = row;
    this.message = message;
  }

  /** The message as the plugins left it. */
  get outcome(): Init<unknown> {
    return this.request?.message ?? this.message;
  }

  /**
   * Calls back at its end, before the next request begins; or as soon as it waits for the plugin of this name to come back.
   * At once when either is the case already.
   */
  whenSettled(name: string, settled: () => void): void {
    const look = (): void => {
      if (this.succeeded !== undefined || this.isAwaiting(name)) {
        settled();
      } else {
        this.#lookers.push(look);
      }
    };
    look();
  }

  /** Whether the plugin of this name was lost and is waited for. */
  isAwaiting(name: string): boolean {
    return this.awaits?.has(name) === true;
  }

  /** Tells those who wait to look again. */
  tell(): void {
    for (const look of this.#lookers.splice(0)) {
      look();
    }
  }
}

/** What ends while the runtime gathers its state for a plugin. */
export interface Watch {
  readonly changes: Change[];
  /** There were more of them than are kept: the state cannot be corrected any more. */
  hasLostSome: boolean;
}

/** What a joiner must know of the moment at which it was attached. */
export interface Attachment {
  /** Corrections of its state. */
  readonly changes: readonly Change[];
  /** The request that is being asked at that moment. */
  readonly underWay: Ticket | undefined;
}

/** Nobody joins: the usual case. */
const NOBODY: Set<Joiner> = new Set();

/** All requests that are not over, and all plugins that are not in yet. */
export class Traffic {
  readonly #roster: Roster;
  /** For how long a request that waits for joiners lets more of them make it wait. */
  patienceMs: number;
  readonly #maxChanges: number;
  readonly #announced = new Set<Ticket>();
  readonly #joiners = new Set<Joiner>();
  readonly #watches = new Set<Watch>();
  readonly #comebacks = new Set<(joiner: Joiner) => void>();
  #current: Ticket | undefined;

  constructor(roster: Roster, patienceMs: number, maxChanges: number) {
    this.#roster = roster;
    this.patienceMs = patienceMs;
    this.#maxChanges = maxChanges;
  }

  /** Whether a plugin is on its way in, from the moment at which the runtime gathers its state. */
  get isJoined(): boolean {
    return this.#watches.size > 0 || this.#joiners.size > 0;
  }

  /** The runtime has made a request, which has not got its turn yet. Each must be ended. */
  announce(row: EventRow, message: Init<unknown>): Ticket {
    const ticket = new Ticket(row, message);
    this.#announced.add(ticket);
    return ticket;
  }

  /**
   * It has its turn. A promise when it has to wait for joiners: for those that have a say in it when it can be answered with
   * content, and always for those named `required`, and those whose queue is full and would get it. Rejects with the signal's
   * reason when aborted before.
   */
  arrive(ticket: Ticket, signal: AbortSignal | undefined, required?: readonly string[]): Promise<void> | undefined {
    this.#announced.delete(ticket);
    this.#current = ticket;
    if (this.#joiners.size === 0) {
      ticket.concerned = NOBODY;
      return undefined;
    }
    const concerned = new Set(this.#joiners);
    const mustWait = (joiner: Joiner): boolean =>
      !joiner.isDone &&
      ((joiner.hasSayIn(ticket.row) && (ticket.row.answer !== "nothing" || joiner.isFull)) ||
        required?.some((name) => isAbout(name, joiner.peer.record)) === true);
    ticket.concerned = concerned;
    ticket.patienceEnd = performance.now() + this.patienceMs;
    return [...concerned].some(mustWait) ? waitFor(concerned, mustWait, signal) : undefined;
  }

  /** It begins: queues it for the joiners, and gives the plugins that are asked. */
  begin(ticket: Ticket, request: RelayedRequest): readonly PluginPeer[] {
    ticket.sequence = request.sequence;
    ticket.request = request;
    const active = this.#roster.active;
    if (ticket.concerned === undefined || ticket.concerned.size === 0) {
      return active;
    }
    const replaced = new Set<PluginPeer>();
    for (const joiner of ticket.concerned) {
      if (!joiner.isDone) {
        joiner.push(request);
        if (joiner.replaces !== undefined && joiner.hasSayIn(ticket.row)) {
          replaced.add(joiner.replaces);
        }
      }
    }
    return replaced.size === 0 ? active : active.filter((peer) => !replaced.has(peer));
  }

  /** Whether the request under way waits for the plugin of this name, which was lost, to come back. */
  awaits(name: string): boolean {
    return this.#current?.isAwaiting(name) === true;
  }

  /**
   * Called while a request is asked, about a plugin that was lost on the way. Resolves when it has joined again, or has
   * failed to, or has not come within `waitMs`. It joins in the middle of the request, and knows nothing of it: it is the
   * caller who asks it then. Rejects with the signal's reason.
   */
  async comesBack(name: string, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const ticket = this.#current;
    let timer: NodeJS.Timeout | undefined;
    let forget = (): void => undefined;
    const comes = new Promise<void>((resolve) => {
      const found = (joiner: Joiner): void => {
        clearTimeout(timer);
        this.#comebacks.delete(look);
        void joiner.done.then(resolve);
      };
      const look = (joiner: Joiner): void => {
        if (joiner.peer.record.name === name) {
          if (ticket?.request !== undefined) {
            joiner.withdraw(ticket.request);
          }
          found(joiner);
        }
      };
      timer = setTimeout(() => {
        this.#comebacks.delete(look);
        resolve();
      }, waitMs);
      this.#comebacks.add(look);
      forget = () => {
        this.#comebacks.delete(look);
      };
      if (ticket !== undefined) {
        ticket.awaits ??= new Set();
        ticket.awaits.add(name);
        ticket.tell();
      }
      this.#joiners.forEach(look);
    });
    try {
      await unlessAborted(comes, signal);
    } finally {
      clearTimeout(timer);
      forget();
      ticket?.awaits?.delete(name);
    }
  }

  /** It is over. Called before the next one gets its turn. */
  end(ticket: Ticket, succeeded: boolean): void {
    this.#announced.delete(ticket);
    if (this.#current === ticket) {
      this.#current = undefined;
    }
    ticket.succeeded = succeeded;
    if (this.#watches.size > 0 && ticket.sequence !== undefined && changesState(ticket.row)) {
      const change = changeBy(ticket.row, ticket.outcome, succeeded);
      for (const watch of this.#watches) {
        if (change === undefined || watch.hasLostSome) {
          continue;
        }
        if (watch.changes.length < this.#maxChanges) {
          watch.changes.push(change);
        } else {
          watch.hasLostSome = true;
        }
      }
    }
    ticket.tell();
  }

  /** Notes what ends from now on, until `attach`. */
  watch(): Watch {
    const watch: Watch = { changes: [], hasLostSome: false };
    this.#watches.add(watch);
    return watch;
  }

  unwatch(watch: Watch): void {
    this.#watches.delete(watch);
  }

  /** This is the moment whose state the joiner has been handed. */
  attach(joiner: Joiner, watch: Watch): Attachment {
    this.unwatch(watch);
    const changes = [...watch.changes];
    const toCome = (ticket: Ticket): void => {
      const change = notYet(ticket.row, ticket.message);
      if (change !== undefined) {
        changes.push(change);
      }
    };
    this.#announced.forEach(toCome);
    const current = this.#current;
    let underWay: Ticket | undefined;
    if (current !== undefined) {
      if (current.isAwaiting(joiner.peer.record.name)) {
        toCome(current);
      } else if (current.sequence === undefined && isPatient(current)) {
        // It waits for others, and has not been asked yet.
        current.concerned?.add(joiner);
        toCome(current);
      } else {
        underWay = current;
      }
    }
    this.#joiners.add(joiner);
    for (const look of [...this.#comebacks]) {
      look(joiner);
    }
    return { changes, underWay };
  }

  /** It has joined, or is given up. */
  detach(joiner: Joiner): void {
    this.#joiners.delete(joiner);
    joiner.finish();
  }
}

function isPatient({ concerned, patienceEnd }: Ticket): boolean {
  return concerned !== undefined && concerned !== NOBODY && performance.now() < patienceEnd;
}

/** Waits for those that must be waited for, also those that come meanwhile. */
async function waitFor(
  concerned: ReadonlySet<Joiner>,
  mustWait: (joiner: Joiner) => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let wait = [...concerned].filter(mustWait); wait.length > 0; wait = [...concerned].filter(mustWait)) {
    for (const joiner of wait) {
      joiner.hurry();
    }
    await unlessAborted(Promise.all(wait.map(({ done }) => done)), signal);
  }
}
