// Sees what no runtime tells: that the process of a container has ended, and that the runtime has the container no more.
//
//   expected --(its folder is there, and its process known)--> alive --(process gone)--> ended --(folder gone)--> forgotten
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@nri/adaptation";
import type { Exit } from "../domain.js";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import { nowNs } from "../now.js";
import type { RuntimeState } from "../oci/real-runtime.js";
import { processBeginning } from "../process-beginning.js";

/** What is told. */
export interface WatchEvents {
  /** The process of a container has ended; its code is not known. */
  exited(id: string, exit: Exit): void;
  /** The runtime does not have a container any more. */
  removed(id: string): void;
  /** A container that should have come was not seen: it may have come and gone. */
  lost(): void;
}

type Watched =
  /** `askedAt`: when somebody last wanted it; `looks`: how often it was not there. */
  | { readonly phase: "expected"; askedAt: number; looks: number }
  | { readonly phase: "alive"; readonly pid: number; readonly begun: string }
  | { readonly phase: "ended" };

/** Containers below one root of a runtime. */
export class ContainerWatch {
  readonly #root: string;
  readonly #list: () => Promise<readonly RuntimeState[]>;
  readonly #log: Logger | undefined;
  readonly #watched = new Map<string, Watched>();
  readonly #ending = new AbortController();
  #events: WatchEvents | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(root: string, list: () => Promise<readonly RuntimeState[]>, log: Logger | undefined) {
    this.#root = root;
    this.#list = list;
    this.#log = log;
  }

  /** Begins. */
  async start(events: WatchEvents): Promise<void> {
    this.#events = events;
    this.#looking = this.#look();
  }

  /** Ends; nothing more is told. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#looking;
  }

  /** A container is about to come: whatever had its id before is over. */
  expect(id: string): void {
    const known = this.#watched.get(id);
    if (known?.phase === "expected") known.askedAt = Date.now();
    else if (isName(id)) this.#watched.set(id, { phase: "expected", askedAt: Date.now(), looks: 0 });
  }

  /** The runtime has it, with this process; 0 when that has ended. */
  seen(id: string, pid: number): void {
    const known = this.#watched.get(id);
    if (known?.phase === "ended" || (known?.phase === "alive" && known.pid === pid) || !isName(id)) return;
    const begun = pid === 0 ? undefined : processBeginning(pid);
    // One that was ended when it was first seen is no news, and told by `list`.
    if (begun !== undefined) this.#watched.set(id, { phase: "alive", pid, begun });
    else if (known?.phase === "alive") this.#ended(id, known.pid);
    else this.#watched.set(id, { phase: "ended" });
  }

  async #look(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.#lookOnce();
      } catch (error) {
        this.#log?.warn(`embedded: containers below ${this.#root} cannot be looked at: ${errorText(error)}`);
        await pause(LIMITS.embedded.slowLookMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
      await pause(LIMITS.embedded.lookMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #lookOnce(): Promise<void> {
    const coming: string[] = [];
    for (const [id, watched] of this.#watched) {
      const isThere = existsSync(join(this.#root, id));
      if (watched.phase === "expected") {
        if (isThere) coming.push(id);
        else this.#notSeen(id, watched);
        continue;
      }
      if (watched.phase === "alive" && processBeginning(watched.pid) !== watched.begun) this.#ended(id, watched.pid);
      if (isThere) continue;
      this.#watched.delete(id);
      this.#events?.removed(id);
    }
    if (coming.length === 0) return;
    // One question for all; those that are still being made have no process yet.
    const states = new Map((await this.#list()).map((state) => [state.id, state]));
    for (const id of coming) {
      const state = states.get(id);
      if (state !== undefined && (state.pid !== 0 || state.status === "stopped")) this.seen(id, state.pid);
      const watched = this.#watched.get(id);
      if (watched?.phase === "ended") this.#events?.lost();
      if (watched?.phase === "expected") this.#notSeen(id, watched);
    }
  }

  #ended(id: string, pid: number): void {
    this.#watched.set(id, { phase: "ended" });
    this.#events?.exited(id, { code: 0, at: nowNs(), pid });
  }

  /** It may have come and gone between two looks: what exists is compared then, at longer and longer distances. */
  #notSeen(id: string, watched: Extract<Watched, { phase: "expected" }>): void {
    const { unseenMs, unseenLooks } = LIMITS.embedded;
    if (Date.now() - watched.askedAt < unseenMs * 2 ** watched.looks) return;
    watched.looks += 1;
    if (watched.looks > unseenLooks) this.#watched.delete(id);
    this.#events?.lost();
  }
}

/** Whether it can be a folder's name: ids come from whoever calls. */
function isName(id: string): boolean {
  return id !== "" && id !== "." && id !== ".." && !id.includes("/") && !id.includes("\0");
}
