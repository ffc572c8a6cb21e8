// Sees how containers end and that podman has them no more, whether its API is there or not: by conmon's exit files, by the process,
// and by the container's folder in the storage.
//
//   coming --(its pid file is written)--> alive --(exit file, or process gone)--> ended --(folder gone)--> forgotten
import { existsSync, readFileSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@nri/adaptation";
import type { Exit } from "../domain.js";
import { errorText, systemCode } from "../error-text.js";
import { keepLatest } from "../keep-latest.js";
import { LIMITS } from "../limits.js";
import { nowNs } from "../now.js";
import { processBeginning } from "../process-beginning.js";
import { ExitFiles, type FoundExit, readExit } from "./exit-files.js";
import type { Place } from "./place.js";

/** What is told. */
export interface LifeEvents {
  /** The process of a container has ended. */
  exited(id: string, exit: Exit): void;
  /** podman has it no more. */
  removed(id: string): void;
}

/** A container as it is watched. */
export interface WatchedContainer {
  readonly id: string;
  readonly place: Place;
  /** The infra container of its pod; its own id for that one itself, empty outside of such pods. */
  readonly infraId: string;
  /** Where its exit code is written; empty when that is not known. */
  readonly exitDir: string;
  /** Where its pid is written; empty when that is not known. */
  readonly pidFile: string;
}

/** Undefined while it runs; how it has ended else. */
export type KnownEnd = FoundExit | undefined;

interface Life extends WatchedContainer {
  /** When this life began, in milliseconds since the epoch: what is older is of an earlier one. */
  readonly since: number;
  phase: "coming" | "alive" | "ended";
  pid: number;
  begun: string;
  /** When its process was first seen to be gone, in milliseconds; 0 before. */
  goneAt: number;
  end: KnownEnd;
  /** Of `ended`: whether that was told. */
  isTold: boolean;
}

const NEW = { goneAt: 0, end: undefined, isTold: false };

/** The kernel dates files by a clock that may be this much behind. */
const TICK_MS = 10;
/** What nobody knows any more. */
const UNKNOWN_EXIT = 255;

/** Watches containers. */
export class LifeWatch {
  readonly #lives = new Map<string, Life>();
  readonly #files: ExitFiles;
  readonly #askEnd: (id: string, since: bigint) => Promise<KnownEnd>;
  readonly #log: Logger | undefined;
  readonly #ending = new AbortController();
  #events: LifeEvents | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** `askEnd` says how a container has ended since a moment, from wherever else that is known. */
  constructor(askEnd: (id: string, since: bigint) => Promise<KnownEnd>, log: Logger | undefined) {
    this.#askEnd = askEnd;
    this.#log = log;
    this.#files = new ExitFiles((id, exit) => this.died(id, exit), log);
  }

  /** Begins. */
  start(events: LifeEvents, exitDir: string): void {
    this.#events = events;
    this.#files.add(exitDir);
    this.#looking = this.#look();
  }

  /** Ends; nothing more is told. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.#events = undefined;
    await this.#looking;
    this.#files[Symbol.dispose]();
  }

  /** A container is about to come: whatever had its id before is over. */
  expect(container: WatchedContainer): void {
    this.#files.add(container.exitDir);
    this.#add({ ...container, since: Date.now() - TICK_MS, phase: "coming", pid: 0, begun: "", ...NEW });
  }

  /** A container runs, that was not seen coming. */
  found(container: WatchedContainer, pid: number): void {
    const known = this.#lives.get(container.id);
    const begun = processBeginning(pid);
    if (begun === undefined || (known?.phase === "alive" && known.pid === pid)) return;
    this.#files.add(container.exitDir);
    if (known?.phase === "coming") Object.assign(known, { phase: "alive", pid, begun });
    else this.#add({ ...container, since: 0, phase: "alive", pid, begun, ...NEW });
  }

  /** It has ended, says its file, or podman. */
  died(id: string, exit: FoundExit): void {
    const life = this.#lives.get(id);
    if (life !== undefined && isOf(life, exit)) this.#ended(life, exit);
  }

  /** Containers that are watched, and not known to be gone. */
  get all(): readonly WatchedContainer[] {
    return [...this.#lives.values()];
  }

  /** How a container has ended whose process is gone; undefined for one that is not known to have ended. */
  async endOf(id: string): Promise<KnownEnd> {
    const life = this.#lives.get(id);
    if (life === undefined) return undefined;
    if (life.phase !== "ended" && !(life.phase === "alive" && hasGone(life))) return undefined;
    life.end ??= readEnd(life) ?? (await this.#askEnd(id, sinceNs(life)));
    return life.end;
  }

  /** Looks at once: something has happened. */
  async lookOnce(): Promise<void> {
    const lives = [...this.#lives.values()].sort((a, b) => Number(isInfra(a)) - Number(isInfra(b)));
    for (const life of lives) await this.#lookAt(life);
    for (const life of lives) {
      if (this.#lives.get(life.id) !== life || existsSync(life.place.folder) || this.#isNeeded(life)) continue;
      if (life.phase !== "ended") await this.#vanished(life);
      this.#lives.delete(life.id);
      this.#events?.removed(life.id);
      this.#tellInfraOf(life);
    }
  }

  async #look(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.lookOnce();
      } catch (error) {
        this.#log?.warn(`podman: containers cannot be looked at: ${errorText(error)}`);
      }
      await pause(LIMITS.podman.lookMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #lookAt(life: Life): Promise<void> {
    if (life.phase === "coming") becomeAlive(life);
    // Of those that run the file is not looked for: its folder is watched, and there may be thousands.
    if (life.phase === "ended" || (life.phase === "alive" && !hasGone(life))) return;
    const end = readEnd(life);
    if (end !== undefined) this.#ended(life, end);
    else if (life.phase === "alive") {
      life.goneAt ||= Date.now();
      // The file, or podman's event, comes after the process has gone.
      if (Date.now() - life.goneAt >= LIMITS.podman.exitFileMs) await this.#vanished(life);
    }
  }

  /** It is gone, and nobody has said how it ended. */
  async #vanished(life: Life): Promise<void> {
    if (life.phase === "coming" && life.pid === 0) return;
    const end = await this.#askEnd(life.id, sinceNs(life));
    if (life.phase !== "ended") this.#ended(life, end ?? { code: UNKNOWN_EXIT, at: nowNs() });
  }

  #ended(life: Life, end: FoundExit): void {
    if (life.phase === "ended") return;
    becomeAlive(life);
    life.phase = "ended";
    life.end = end;
    this.#tell(life);
    this.#tellInfraOf(life);
  }

  #tellInfraOf(life: Life): void {
    const infra = isInfra(life) ? undefined : this.#lives.get(life.infraId);
    if (infra?.phase === "ended") this.#tell(infra);
  }

  #tell(life: Life): void {
    if (life.end === undefined || life.isTold || this.#isNeeded(life)) return;
    life.isTold = true;
    this.#events?.exited(life.id, { ...life.end, pid: life.pid === 0 ? undefined : life.pid });
  }

  // A pod ends with the last of its containers: podman 4.3 stops all at the same time, and the infra container is the quickest.
  #isNeeded(life: Life): boolean {
    if (!isInfra(life)) return false;
    return Array.from(this.#lives.values()).some(
      (other) => other !== life && other.infraId === life.id && hasYetToEnd(other),
    );
  }

  #add(life: Life): void {
    keepLatest(this.#lives, life.id, life, LIMITS.podman.maxWatched);
  }
}

/** Its process is known as soon as conmon has written it down. */
function becomeAlive(life: Life): void {
  if (life.phase !== "coming" || life.pid !== 0 || life.pidFile === "") return;
  try {
    // that of an earlier life stays until then
    if (statSync(life.pidFile).mtimeMs < life.since) return;
    const pid = Number(readFileSync(life.pidFile, "utf8"));
    if (!Number.isSafeInteger(pid) || pid <= 0) return;
    Object.assign(life, { phase: "alive", pid, begun: processBeginning(pid) ?? "" });
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

/** Whether an end is to be told of it: it may have come, and even have gone again, since it was looked at. */
function hasYetToEnd(life: Life): boolean {
  becomeAlive(life);
  return life.phase === "alive" || (life.phase === "coming" && !existsSync(life.place.folder));
}

function isInfra({ id, infraId }: WatchedContainer): boolean {
  return infraId === id;
}

function hasGone({ pid, begun }: Life): boolean {
  return begun === "" || processBeginning(pid) !== begun;
}

function readEnd(life: Life): KnownEnd {
  const exit = life.exitDir === "" ? undefined : readExit(life.exitDir, life.id);
  return exit !== undefined && isOf(life, exit) ? exit : undefined;
}

function isOf(life: Life, { at }: FoundExit): boolean {
  return at >= sinceNs(life);
}

function sinceNs({ since }: Life): bigint {
  return BigInt(since) * 1_000_000n;
}
